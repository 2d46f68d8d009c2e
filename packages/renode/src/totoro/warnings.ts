import type { IndexedGraph } from "../graph/index-graph";
import type { LabelledNodes } from "../graph/labelled-nodes";
import { MOST_LEFT, type PushAccuracy } from "./pushed-conflict";

/**
 * `heterophily`: most edges between labelled nodes join two classes, so influence across classes does not indicate conflict.
 * `single-class`: every score is 0. `mostly-zero`: over half of the labelled nodes have the score 0, so their order means little.
 * `coarse-push`: at the given `epsilon` over 5 % of the influence was not pushed on, so scores and their order may be others.
 */
export interface RenodeWarning {
  readonly code: "heterophily" | "single-class" | "mostly-zero" | "coarse-push";
  readonly message: string;
}

/** Below this share of edges within a class, the method's assumption does not hold. */
const LEAST_HOMOPHILY = 0.5;

/** Share of the edges between labelled nodes whose ends have the same class; null where there is no such edge. */
export function trainingHomophily(
  { adjacency: { offsets, targets }, order }: IndexedGraph,
  { nodes, classOf }: LabelledNodes,
): number | null {
  const classAt = new Int32Array(order).fill(-1);
  nodes.forEach((node, v) => {
    classAt[node] = classOf[v]!;
  });
  let [edges, within] = [0, 0];
  for (const node of nodes)
    for (let e = offsets[node]!; e < offsets[node + 1]!; e++) {
      const other = classAt[targets[e]!]!;
      if (other < 0) continue;
      edges++;
      if (other === classAt[node]) within++;
    }
  return edges === 0 ? null : within / edges;
}

/** Warnings for readers of the scores. */
export function warningsFor(
  { classes }: LabelledNodes,
  totoro: Float64Array,
  homophily: number | null,
): RenodeWarning[] {
  if (classes.length === 1)
    return [
      {
        code: "single-class",
        message: `all labelled nodes are of class ${classes[0]}: every score is 0`,
      },
    ];
  const warnings: RenodeWarning[] = [];
  if (homophily !== null && homophily < LEAST_HOMOPHILY)
    warnings.push({
      code: "heterophily",
      message: `only ${(100 * homophily).toFixed(0)} % of the edges between labelled nodes join nodes of one class: the method assumes that most do`,
    });
  const zeros = totoro.filter((value) => value < 1e-12).length;
  if (zeros * 2 > totoro.length)
    warnings.push({
      code: "mostly-zero",
      message: `${zeros} of ${totoro.length} labelled nodes have a score of 0: nothing of another class reaches their surroundings`,
    });
  return warnings;
}

/** The warning about scores by local push at a given precision. */
export function pushWarnings({ epsilon, left }: PushAccuracy): RenodeWarning[] {
  if (left <= MOST_LEFT) return [];
  return [
    {
      code: "coarse-push",
      message: `at epsilon ${epsilon} ${(100 * left).toFixed(0)} % of the influence was not pushed on: the scores and their order may differ from the exact ones; leave epsilon out to have it refined`,
    },
  ];
}
