import { optionsOf } from "../../errors";
import type { CsrGraph } from "../../graph/csr-graph";
import { type InfluenceOptions, refuseOthers } from "../../pagerank/options";
import { personalizedPagerank } from "../../pagerank/personalized-pagerank";
import { type Operator, operatorOf } from "../data/operator";

/** The largest entries of a row. Ties go to the lower node. */
function largest(values: Float64Array, from: number, end: number, topK: number): number[] {
  const entries = Array.from({ length: end - from }, (_, i) => from + i);
  if (entries.length <= topK) return entries;
  return entries.sort((a, b) => values[b]! - values[a]! || a - b).slice(0, topK);
}

/**
 * Rows of the influence matrix as a sparse matrix for models: out[r] = Σ_x P_{rows[r],x}·h_x.
 *
 * @param rows node numbers, default all
 * @param options.topK keeps only each row's largest entries (default: all), also with the method `"power"`
 * @returns shape [rows, N]; the caller disposes its tensors
 */
export function influenceOperator(
  graph: CsrGraph,
  rows: ArrayLike<number> = Array.from({ length: graph.order }, (_, node) => node),
  options: InfluenceOptions = {},
): Operator {
  const {
    topK = Number.POSITIVE_INFINITY,
    tolerance = 1e-8,
    ...influenceOptions
  } = optionsOf("influenceOperator", options);
  refuseOthers("influenceOperator", influenceOptions);
  const influence = personalizedPagerank.rows(graph, Array.from(rows), {
    ...influenceOptions,
    tolerance,
  });
  const { offsets, indices, values } = influence;
  const [target, source, kept]: [number[], number[], number[]] = [[], [], []];
  for (let r = 0; r < rows.length; r++)
    for (const e of largest(values, offsets[r]!, offsets[r + 1]!, topK)) {
      target.push(r);
      source.push(indices[e]!);
      kept.push(values[e]!);
    }
  return operatorOf(
    Int32Array.from(target),
    Int32Array.from(source),
    rows.length,
    graph.order,
    (e) => kept[e]!,
  );
}
