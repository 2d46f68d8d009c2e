import { RenodeError } from "../errors";
import { given } from "./given";

/**
 * A graph as compressed sparse rows. Row i's neighbours are `targets[offsets[i]]` to `targets[offsets[i + 1] − 1]`.
 * An edge may be stored in the row of one end or of both. The keys of the nodes are "0" to "order − 1".
 */
export interface CsrGraph {
  /** Number of nodes, N. */
  readonly order: number;
  /** Ascending from 0, shape [N + 1]. */
  readonly offsets: ArrayLike<number>;
  /** Neighbours in 0 … N − 1, shape [entries]. */
  readonly targets: ArrayLike<number>;
  /** Finite and above 0, shape [entries]; all 1 when absent. */
  readonly weights?: ArrayLike<number> | null | undefined;
}

const isList = (value: unknown): value is ArrayLike<number> =>
  typeof value === "object" &&
  value !== null &&
  typeof (value as { length?: unknown }).length === "number";

export const isCsrGraph = (value: unknown): value is CsrGraph =>
  typeof value === "object" &&
  value !== null &&
  typeof (value as CsrGraph).order === "number" &&
  isList((value as CsrGraph).offsets) &&
  isList((value as CsrGraph).targets);

function refuse(place: string, message: string, fields: Record<string, unknown>): never {
  throw new RenodeError("ERR_GRAPH", `renode/${place}: ${message}`, { fields });
}

/** @throws {RenodeError} `ERR_GRAPH` where the arrays do not form a CSR, `ERR_WEIGHT` for an invalid weight */
export function checkCsr({ order, offsets, targets, weights }: CsrGraph, place: string): void {
  if (!Number.isSafeInteger(order) || order < 0)
    refuse(place, `the CSR's order must be an integer from 0, got ${order}`, { order });
  if (offsets.length !== order + 1 || offsets[0] !== 0)
    refuse(
      place,
      `offsets must hold ${order + 1} numbers from 0, got ${offsets.length} from ${offsets[0]}`,
      { order },
    );
  for (let i = 0; i < order; i++)
    if (!(offsets[i + 1]! >= offsets[i]!) || !Number.isInteger(offsets[i + 1]))
      refuse(
        place,
        `offsets must be ascending integers, got ${offsets[i]} before ${offsets[i + 1]} at row ${i}`,
        { row: i },
      );
  const entries = offsets[order]!;
  if (targets.length !== entries)
    refuse(place, `targets must hold ${entries} entries as offsets say, got ${targets.length}`, {
      entries,
    });
  for (let e = 0; e < entries; e++) {
    const target = targets[e]!;
    if (!(target >= 0 && target < order) || !Number.isInteger(target))
      refuse(place, `target ${e} must be a node in 0..${order - 1}, got ${target}`, {
        entry: e,
        target,
      });
  }
  if (!weights) return;
  if (weights.length !== entries)
    refuse(place, `weights must hold ${entries} entries as targets do, got ${weights.length}`, {
      entries,
    });
  for (let e = 0; e < entries; e++) checkWeight(weights[e], place, `entry ${e}`);
}

/** @throws {RenodeError} `ERR_WEIGHT` unless the weight is a finite number above 0 */
export function checkWeight(
  weight: unknown,
  place: string,
  edge: string,
): asserts weight is number {
  if (typeof weight !== "number" || !(weight > 0) || weight === Number.POSITIVE_INFINITY)
    throw new RenodeError(
      "ERR_WEIGHT",
      `renode/${place}: the weight of ${edge} must be a finite number above 0, got ${given(weight)}`,
      { fields: { edge, weight } },
    );
}
