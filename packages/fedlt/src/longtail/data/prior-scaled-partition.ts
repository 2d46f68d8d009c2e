import { optionsOf, real, refuseUnknown, whole } from "../../errors";
import { drawDirichlet, shuffled } from "../../federation/random/draws";
import type { Random } from "../../federation/random/stream";
import { rowsByClass } from "./dataset";

/** How the rows that a client should get of a class are rounded to a count. */
type Rounding = "round" | "floor";

/** Options of `priorScaledPartition`. */
export interface PriorScaledOptions {
  clients: number;
  /** Dirichlet concentration, summed over the classes. Default 1. */
  alpha?: number | undefined;
  /** How q_c·size is rounded to a whole number. Default `"round"`. */
  rounding?: Rounding | undefined;
  random: Random;
}

/** Splits `count` over classes in proportion to their remaining rows, by largest remainders. */
function proportional(left: readonly number[], count: number): number[] {
  const total = left.reduce((sum, n) => sum + n, 0);
  const exact = left.map((n) => (n * count) / total);
  const shares = exact.map(Math.floor);
  let missing = count - shares.reduce((sum, n) => sum + n, 0);
  const order = [...exact.keys()].sort(
    (a, b) => exact[b]! - shares[b]! - (exact[a]! - shares[a]!) || a - b,
  );
  for (const c of order) {
    if (missing === 0) break;
    if (shares[c]! < left[c]!) {
      shares[c]!++;
      missing--;
    }
  }
  return shares;
}

/** The number of rows of each class that a client of `size` rows gets. */
function wants(
  q: readonly number[],
  left: readonly number[],
  size: number,
  rounding: Rounding,
): number[] {
  const taken = new Array<number>(left.length).fill(0);
  let open = size;
  for (const [c, share] of q.entries()) {
    taken[c] = Math.min(Math[rounding](share * size), left[c]!, open);
    open -= taken[c]!;
  }
  if (open > 0) {
    const rest = left.map((n, c) => n - taken[c]!);
    for (const [c, more] of proportional(rest, open).entries()) taken[c]! += more;
  }
  return taken;
}

/**
 * Gives every client the same number of rows with class shares q ~ Dirichlet(α·p), p the global class frequencies: the
 * partition of RedGrape's experiments. With α = 1 most clients hold two to four classes. Where a class runs out, the gap
 * is filled from the others in proportion to their remaining rows, so the order of clients matters and the last client
 * gets all remaining rows.
 *
 * @param labels one class per row
 * @returns row indices per client, every row once
 * @throws {FedError} `ERR_RANGE` for fewer rows than clients or α ≤ 0
 * @see RedGrape, section 5.1
 */
export function priorScaledPartition(
  labels: ArrayLike<number>,
  options: PriorScaledOptions,
): number[][] {
  const {
    clients,
    alpha = 1,
    rounding = "round",
    random,
    ...rest
  } = optionsOf("priorScaledPartition", options);
  refuseUnknown("priorScaledPartition", rest);
  whole("priorScaledPartition", "clients", clients, { min: 1, max: labels.length });
  real("priorScaledPartition", "alpha", alpha, { above: 0 });
  const classes = Array.from(labels).reduce((most, label) => Math.max(most, label + 1), 0);
  const pools = rowsByClass(labels, classes).map((rows) => shuffled(rows, random));
  const prior = pools.map((rows) => rows.length / labels.length);
  const size = Math.floor(labels.length / clients);
  const parts: number[][] = [];
  for (let k = 0; k < clients - 1; k++) {
    const q = drawDirichlet(
      prior.map((p) => alpha * p),
      random,
    );
    const taken = wants(
      q,
      pools.map((rows) => rows.length),
      size,
      rounding,
    );
    parts.push(taken.flatMap((count, c) => pools[c]!.splice(0, count)));
  }
  parts.push(pools.flat());
  return parts;
}
