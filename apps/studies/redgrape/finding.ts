import { estimateOf, type SectionInput } from "@deepgrain/lab";
import { differenceText, fixed, listed } from "../shared/outcome-text";
import { accuracy } from "./claims";
import { methods } from "./methods";
import type { FederationSettings } from "./recipe";
import type { Score } from "./score-method";

const POINTS = { digits: 1, unit: "points" };

/** The accuracy of RedGrape and what it is ahead of FedAvg and of its close rivals. */
export function finding({ runs, judgement }: SectionInput<FederationSettings, Score>): string {
  const rivals = ["fedavg", "logit-adjustment", "creff"] as const;
  const meanOf = (id: string) => estimateOf(accuracy(id), runs)?.mean;
  const own = meanOf("redgrape");
  if (own === undefined) return "These runs hold no result of RedGrape.";
  const ahead = rivals.flatMap((id) => {
    const claim = judgement.claims.find(
      ({ lower, higher }) => lower.variants.join() === id && higher.variants.join() === "redgrape",
    );
    return claim ? [`${differenceText(claim, POINTS)} over ${methods[id].name}`] : [];
  });
  const reached = `RedGrape classifies ${fixed(own, 1)} % of the test pictures correctly`;
  if (ahead.length > 0) return `${reached}: ${listed(ahead)}.`;
  const others = rivals.flatMap((id) => {
    const mean = meanOf(id);
    return mean === undefined ? [] : [`${methods[id].name} ${fixed(mean, 1)} %`];
  });
  return `${reached}${others.length > 0 ? `, ${listed(others)}` : ""}; these runs do not test the differences.`;
}
