import {
  type Html,
  type Pair,
  type Quantity,
  rankCorrelation,
  type SeedResults,
  type StudyRuns,
  scatter,
  seedResults,
} from "@deepgrain/lab";
import { constant } from "../shared/constant";
import { fixed } from "../shared/outcome-text";
import type { ComparisonSettings } from "./recipe";
import type { TrainingResult } from "./training-result";
import { furtherIds } from "./variants";

const MEASURE = "rank correlation with W-F";

/** Total conflict and the GCN's weighted F1 without ReNode of the further splits of a seed, each the mean of its trainings. */
function pairsAt(
  { result }: SeedResults<TrainingResult>,
  ids: readonly string[],
): Pair[] | undefined {
  const pairs = ids.flatMap((id): Pair[] => {
    const own = result(id);
    if (!own) return [];
    const sum = own.trainings.reduce((all, training) => all + training.weightedF1, 0);
    return [[own.total, (100 * sum) / own.trainings.length]];
  });
  return pairs.length === 0 ? undefined : pairs;
}

/** The rank correlation of a split's total conflict with the weighted F1 on it, over the splits of all seeds. */
export function conflictCorrelation({
  moreSplits,
}: Pick<ComparisonSettings, "moreSplits">): Quantity<TrainingResult, ComparisonSettings> {
  const variants = furtherIds(moreSplits);
  return {
    measure: MEASURE,
    subject: "total conflict",
    variants,
    bounds: [-1, 1],
    pairs: (results) => pairsAt(results, variants),
    read(results) {
      const pairs = pairsAt(results, variants);
      return pairs && rankCorrelation(pairs);
    },
  };
}

export const noCorrelation = constant(MEASURE, "0", 0);

/** A point per split. */
export function conflict({
  runs,
}: {
  runs: StudyRuns<ComparisonSettings, TrainingResult>;
}): Html[] {
  const ids = furtherIds(runs.settings.moreSplits);
  const pairs = runs.seeds.flatMap((seed) => pairsAt(seedResults(runs, seed), ids) ?? []);
  const found = pairs.length > 0 ? rankCorrelation(pairs) : null;
  return [
    scatter({
      label: "Total conflict of a split against the GCN's weighted F1",
      caption: `A point per balanced split of Cora, ${pairs.length} of them; rank correlation ${found === null ? "–" : fixed(found, 2)}. The paper reports a correlation of −0.62.`,
      x: { label: "total conflict of the labelled nodes (no unit)" },
      y: { label: "weighted F1 with CE, %" },
      groups: [{ name: "Cora", points: pairs.map(([x, y]) => ({ x, y })) }],
    }),
  ];
}
