import { AnchorsError, having, optionsOf, refuseUnknown } from "../errors";
import type { Prompt } from "../prompts/prompt";

/** Mean flow of the three types. */
export interface FlowMeans {
  /** S_wp: from earlier tokens into label words. */
  wp: number;
  /** S_pq: from label words into the target. */
  pq: number;
  /** S_ww: between all other pairs. */
  ww: number;
}

/**
 * S_wp, S_pq and S_ww of one matrix; its diagonal is excluded.
 *
 *     S_wp = Σ_k Σ_{j<p_k} I(p_k, j) / Σ_k p_k        S_pq = Σ_k I(q, p_k) / K
 *     S_ww = what is left of {j < i ≤ q} / (q(q+1)/2 − Σ_k p_k − K)
 *
 * @param flow [stride, stride] row-major, row = query; only the first target + 1 rows and columns are read
 * @param prompt label positions p_k and target q
 * @param options.stride columns per row; default target + 1
 * @throws {AnchorsError} `ERR_SHAPE` when the matrix is too small
 * @see Wang et al. 2023, equations 1 to 4
 */
export function flowMeans(
  flow: ArrayLike<number>,
  { labelPositions, target }: Pick<Prompt, "labelPositions" | "target">,
  options: { stride?: number | undefined } = {},
): FlowMeans {
  const { stride = target + 1, ...others } = optionsOf("flowMeans", options);
  refuseUnknown("flowMeans", others);
  if (flow.length < target * stride + target + 1)
    throw new AnchorsError(
      "ERR_SHAPE",
      `icl-anchors/flowMeans: a target at ${target} needs a matrix of ${target + 1} rows, got ${flow.length} numbers`,
      { fields: { target, stride, length: flow.length } },
    );
  const labels = labelPositions.flat();
  const rowSum = (row: number) => {
    let sum = 0;
    for (let column = 0; column < row; column++) sum += flow[row * stride + column]!;
    return sum;
  };
  let total = 0;
  for (let row = 1; row <= target; row++) total += rowSum(row);
  const wp = labels.reduce((sum, label) => sum + rowSum(label), 0);
  const pq = labels.reduce((sum, label) => sum + flow[target * stride + label]!, 0);
  const pairs = labels.reduce((sum, label) => sum + label, 0);
  const rest = (target * (target + 1)) / 2 - pairs - labels.length;
  return {
    wp: pairs > 0 ? wp / pairs : 0,
    pq: labels.length > 0 ? pq / labels.length : 0,
    ww: rest > 0 ? Math.max(0, total - wp - pq) / rest : 0,
  };
}

/** The three means as shares of their sum; zeros if there is no flow. */
export function relativeFlow(flowMeans: FlowMeans): FlowMeans {
  const { wp, pq, ww } = having("relativeFlow", "flowMeans", flowMeans, "wp", "pq", "ww");
  const sum = wp + pq + ww;
  return sum > 0 ? { wp: wp / sum, pq: pq / sum, ww: ww / sum } : { wp: 0, pq: 0, ww: 0 };
}
