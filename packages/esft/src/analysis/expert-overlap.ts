import { EsftError, having, optionsOf, refuseUnknown, whole } from "../errors";
import type { LayerScores } from "../scoring/expert-scores";

const topK = (scores: Float64Array, k: number): Set<number> =>
  new Set([...scores.keys()].sort((a, b) => scores[b]! - scores[a]! || a - b).slice(0, k));

/**
 * The number of experts among the k best that two scorings share, as the mean over layers: k when they agree, about
 * k²/experts by chance. Two samples of one task should be near k, two different tasks far below.
 *
 * @param k at least 1
 * @returns from 0 to k
 * @throws {EsftError} `ERR_MISMATCH` when layers or experts differ, `ERR_RANGE` for k
 * @see Wang et al. 2024 (ESFT), the figure of shared top-6 experts between tasks
 */
export function expertOverlap(a: LayerScores, b: LayerScores, k: number): number {
  having("expertOverlap", "a", a, "get");
  if (a.size === 0 || a.size !== b.size)
    throw new EsftError(
      "ERR_MISMATCH",
      `esft/expertOverlap: both must have the same layers, at least 1, got ${a.size} and ${b.size}`,
    );
  let shared = 0;
  for (const [layer, scores] of a) {
    const other = b.get(layer);
    if (other?.length !== scores.length)
      throw new EsftError(
        "ERR_MISMATCH",
        `esft/expertOverlap: layer ${layer} must have ${scores.length} experts in both, got ${other?.length ?? "none"}`,
        { fields: { layer } },
      );
    whole("expertOverlap", "k", k, { min: 1, max: scores.length });
    const best = topK(other, k);
    for (const expert of topK(scores, k)) if (best.has(expert)) shared++;
  }
  return shared / a.size;
}

/**
 * The overlap of each pair of tasks.
 * @param tasks scores by task; `same`, a second sample of each task, fills the diagonal, which is k without it
 * @returns names, and rows in their order
 */
export function overlapMatrix(
  tasks: ReadonlyMap<string, LayerScores>,
  k: number,
  options: { same?: ReadonlyMap<string, LayerScores> | undefined } = {},
): { tasks: string[]; overlap: number[][] } {
  having("overlapMatrix", "tasks", tasks, "get");
  const { same, ...rest } = optionsOf("overlapMatrix", options);
  refuseUnknown("overlapMatrix", rest);
  const names = [...tasks.keys()];
  const overlap = names.map((row) =>
    names.map((column) => {
      const other = row === column ? (same?.get(row) ?? tasks.get(row)!) : tasks.get(column)!;
      return expertOverlap(tasks.get(row)!, other, k);
    }),
  );
  return { tasks: names, overlap };
}
