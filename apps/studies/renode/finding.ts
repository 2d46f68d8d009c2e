import type { JudgedClaim, SectionInput } from "@deepgrain/lab";
import { claimsInWords, listed, outcomeText, withSign } from "../shared/outcome-text";
import { method } from "./claims";
import { type ComparisonSettings, type GraphName, graphNames } from "./recipe";
import type { TrainingResult } from "./training-result";
import {
  graphTitles,
  idOf,
  type Method,
  networks,
  networkTitles,
  type SplitName,
} from "./variants";

type Input = Pick<SectionInput<ComparisonSettings, TrainingResult>, "judgement">;

interface Gain {
  name: string;
  claim: JudgedClaim;
}

/** "GCN on Cora (+0.6 points, not resolved)" */
const gainText = ({ name, claim }: Gain): string =>
  `${name} (${withSign(claim.difference.mean, 1)} points, ${outcomeText(claim)})`;

/** What ReNode adds to the weighted F1 with equally many labels per class, and beside class weights with unequal numbers. */
export function finding({ judgement: { claims } }: Input): string {
  const gains = (name: string, split: SplitName, before: Method, after: Method): Gain[] =>
    graphNames.flatMap((graph: GraphName) => {
      const ids = [before, after].map((own) => idOf(graph, split, own));
      const claim = claims.find(({ lower, higher }) =>
        [lower, higher].every(({ variants }, i) => variants.join() === ids[i]),
      );
      return claim ? [{ name: `${name} on ${graphTitles[graph]}`, claim }] : [];
    });
  const gcn = (loss: "ce" | "re-weight", hasRenode: boolean) => method("gcn", loss, hasRenode);
  const balanced = networks.flatMap((network) =>
    gains(
      networkTitles[network],
      "balanced",
      method(network, "ce", false),
      method(network, "ce", true),
    ),
  );
  const steps = [
    ...gains("class weights", "step", gcn("ce", false), gcn("re-weight", false)),
    ...gains("ReNode", "step", gcn("ce", false), gcn("ce", true)),
  ];
  const sentences = [
    balanced.length > 0 &&
      `With equally many labels per class ReNode changes the weighted F1 of ${listed(balanced.map(gainText))}.`,
    steps.length > 0 &&
      `With unequal numbers of labels the GCN gains from ${listed(steps.map(gainText))}.`,
  ].filter(Boolean);
  return sentences.join(" ") || claimsInWords(claims);
}
