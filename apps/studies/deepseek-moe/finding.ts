import { estimateOf, resultsOf, type SectionInput } from "@deepgrain/lab";
import { fixed, outcomeNote } from "../shared/outcome-text";
import { loss } from "./claims";
import type { ComparisonSettings } from "./recipe";
import type { TrainingResult } from "./training-result";
import { nameOf, variants } from "./variants";

/** The loss of DeepSeekMoE beside that of GShard, and which variant has the lowest. */
export function finding({
  runs,
  judgement: { claims },
}: SectionInput<ComparisonSettings, TrainingResult>): string {
  const means = variants
    .filter(({ id }) => resultsOf(runs, id).length > 0)
    .map(({ id, name }) => ({ id, name, mean: estimateOf(loss(id), runs)!.mean }));
  const best = means.reduce((low, one) => (one.mean < low.mean ? one : low), means[0]!);
  const [own, rival] = ["deepseek-moe", "gshard"].map((id) => means.find((one) => one.id === id));
  const claim = claims.find(
    ({ lower, higher }) =>
      lower.variants.join() === "deepseek-moe" &&
      higher.variants.join() === "gshard" &&
      lower.measure === higher.measure,
  );
  const gap = own && rival && own.mean - rival.mean;
  const than =
    gap === undefined
      ? ""
      : `, ${fixed(Math.abs(gap), 3)} ${gap < 0 ? "below" : "above"} that of a ${nameOf("gshard")} of the same size${outcomeNote(claim)}`;
  const lowest = `the lowest mean loss is that of ${best.name}, ${fixed(best.mean, 3)}.`;
  if (!own) return `${lowest.charAt(0).toUpperCase()}${lowest.slice(1)}`;
  return `DeepSeekMoE's held-out loss is ${fixed(own.mean, 3)} nats per token${than}; ${lowest}`;
}
