import { estimateOf, type SectionInput } from "@deepgrain/lab";
import { fixed, moreText, outcomeNote } from "../shared/outcome-text";
import { accuracy } from "./claims";
import { methods } from "./methods";
import type { FederationSettings } from "./recipe";
import type { Score } from "./score-method";

/** The accuracy of RedGrape, and how far it is ahead of FedAvg, or of another rival where FedAvg was not run. */
export function finding({ runs, judgement }: SectionInput<FederationSettings, Score>): string {
  const own = estimateOf(accuracy("redgrape"), runs)?.mean;
  if (own === undefined) return "These runs hold no result of RedGrape.";
  const ahead = (["fedavg", "logit-adjustment", "creff"] as const).flatMap((id) => {
    const rival = estimateOf(accuracy(id), runs)?.mean;
    if (rival === undefined) return [];
    const claim = judgement.claims.find(
      ({ lower, higher }) => lower.variants.join() === id && higher.variants.join() === "redgrape",
    );
    return [
      `, ${moreText(own - rival, 1, "points")} than ${methods[id].name}${outcomeNote(claim)}`,
    ];
  });
  return `RedGrape classifies ${fixed(own, 1)} % of the test pictures correctly${ahead[0] ?? ""}.`;
}
