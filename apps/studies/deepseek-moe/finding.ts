import { estimateOf, resultsOf, type SectionInput } from "@deepgrain/lab";
import { differenceText, fixed, listed } from "../shared/outcome-text";
import { loss } from "./claims";
import type { ComparisonSettings } from "./recipe";
import type { TrainingResult } from "./training-result";
import { nameOf, variants } from "./variants";

const NATS = { digits: 3, unit: "nats per byte", isLeftMinusRight: true };

/** The loss of DeepSeekMoE against those of its rivals, and which variant has the lowest. */
export function finding({
  runs,
  judgement: { claims },
}: SectionInput<ComparisonSettings, TrainingResult>): string {
  const own = "deepseek-moe";
  const means = variants
    .filter(({ id }) => resultsOf(runs, id).length > 0)
    .map(({ id, name }) => ({ id, name, mean: estimateOf(loss(id), runs)!.mean }));
  const best = means.reduce((low, one) => (one.mean < low.mean ? one : low), means[0]!);
  const reached = means.find(({ id }) => id === own);
  const gains = ["gshard", "dense"].flatMap((rival) => {
    const claim = claims.find(
      ({ lower, higher }) =>
        lower.variants.join() === own &&
        higher.variants.join() === rival &&
        lower.measure === higher.measure,
    );
    return claim ? [`${differenceText(claim, NATS)} from ${nameOf(rival)}`] : [];
  });
  const difference = gains.length > 0 ? `, a difference of ${listed(gains)}` : "";
  const sentences = [
    reached &&
      `DeepSeekMoE's held-out loss is ${fixed(reached.mean, 3)} nats per byte${difference}.`,
    best && `The lowest mean loss is that of ${best.name}, ${fixed(best.mean, 3)}.`,
  ].filter(Boolean);
  return sentences.join(" ");
}
