import type { NamedTensor } from "@deepgrain/tensor-gpu";
import { EsftError, having } from "../errors";
import type { LayerScores } from "../scoring/expert-scores";
import type { RouteNumbers } from "../scoring/layer-totals";

/**
 * Number of groups per token that keeps about the same number of experts active: topK/groupSize rounded, at least 1.
 */
export const groupsKept = (topK: number, groupSize: number): number =>
  Math.max(1, Math.round(topK / groupSize));

/**
 * The router of a grouped model: each group's row is the mean of its members' rows.
 * @param router [experts, hidden]
 * @returns [groups, hidden]
 * @throws {EsftError} `ERR_RANGE` for a member that is not an expert
 */
export function groupedRouter(
  router: NamedTensor,
  groups: readonly (readonly number[])[],
): NamedTensor {
  having("groupedRouter", "router", router, "shape", "data");
  const [experts, hidden] = router.shape as [number, number];
  const data = new Float32Array(groups.length * hidden);
  for (const [g, members] of groups.entries())
    for (let column = 0; column < hidden; column++) {
      let sum = 0;
      for (const expert of members) {
        if (!(expert >= 0 && expert < experts))
          throw new EsftError(
            "ERR_RANGE",
            `esft/groupedRouter: group ${g} must hold experts 0 to ${experts - 1}, got ${expert}`,
            { fields: { group: g, expert } },
          );
        sum += router.data[expert * hidden + column]!;
      }
      data[g * hidden + column] = sum / members.length;
    }
  return { shape: [groups.length, hidden], data };
}

/**
 * Converts a routing over groups to one over experts: a chosen group activates all its members with the group's gate
 * value. All groups must have the same size.
 * @returns ids and weights [tokens, k · groupSize]
 */
export function expandGroups(
  route: RouteNumbers,
  groups: readonly (readonly number[])[],
): RouteNumbers & { ids: Int32Array; weights: Float32Array } {
  const size = groups[0]?.length ?? 1;
  if (groups.some((group) => group.length !== size))
    throw new EsftError("ERR_SHAPE", "esft/expandGroups: groups must have one size");
  const ids = new Int32Array(route.ids.length * size).fill(-1);
  const weights = new Float32Array(route.ids.length * size);
  for (let at = 0; at < route.ids.length; at++) {
    const group = route.ids[at]!;
    if (group < 0) continue;
    const members = groups[group];
    if (!members)
      throw new EsftError(
        "ERR_RANGE",
        `esft/expandGroups: groups are 0 to ${groups.length - 1}, got ${group}`,
        { fields: { group } },
      );
    ids.set(members, at * size);
    weights.fill(route.weights[at]!, at * size, (at + 1) * size);
  }
  return { ...route, ids, weights, topK: route.topK * size };
}

/** Scores of groups: the sums of their members' scores. @param groups groups of each layer by block number */
export function groupScores(
  scores: LayerScores,
  groups: ReadonlyMap<number, readonly (readonly number[])[]>,
): Map<number, Float64Array> {
  having("groupScores", "scores", scores, "get");
  return new Map(
    [...groups].map(([layer, own]) => {
      const values = scores.get(layer);
      if (!values)
        throw new EsftError(
          "ERR_MISMATCH",
          `esft/groupScores: there are no scores of layer ${layer}`,
          {
            fields: {
              layer,
            },
          },
        );
      return [
        layer,
        Float64Array.from(own, (members) =>
          members.reduce((sum, expert) => sum + values[expert]!, 0),
        ),
      ];
    }),
  );
}
