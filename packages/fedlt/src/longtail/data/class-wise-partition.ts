import { FedError, optionsOf, real, refuseUnknown, whole } from "../../errors";
import { drawDirichlet, shuffled } from "../../federation/random/draws";
import type { Random } from "../../federation/random/stream";
import { rowsByClass } from "./dataset";

/** Options of `classWisePartition`. */
export interface ClassWiseOptions {
  clients: number;
  /** Dirichlet concentration of every client. Default 0.5. */
  alpha?: number | undefined;
  /** Redraw until the smallest client has this many rows. Default 10. */
  minSize?: number | undefined;
  /** Draws before giving up. Default 1000. */
  maxDraws?: number | undefined;
  random: Random;
}

function drawParts(
  pools: readonly number[][],
  clients: number,
  alpha: number,
  random: Random,
): number[][] {
  const total = pools.reduce((sum, rows) => sum + rows.length, 0);
  const parts = Array.from({ length: clients }, (): number[] => []);
  for (const pool of pools) {
    const q = drawDirichlet(new Array<number>(clients).fill(alpha), random);
    // A client that already holds its fair share gets no more rows.
    const open = q.map((share, k) => (parts[k]!.length < total / clients ? share : 0));
    const sum = open.reduce((a, b) => a + b, 0);
    const rows = shuffled(pool, random);
    let share = 0;
    let from = 0;
    for (let k = 0; k < clients; k++) {
      share += open[k]! / sum;
      const to =
        k === clients - 1 ? rows.length : Math.min(Math.floor(share * rows.length), rows.length);
      parts[k]!.push(...rows.slice(from, Math.max(from, to)));
      from = Math.max(from, to);
    }
  }
  return parts;
}

/**
 * Splits each class over the clients by shares q ~ Dirichlet(α, …, α), the usual partition, as in CReFF and FedML. Shares of
 * clients that already hold N/K rows are set to zero; the whole is drawn again until the smallest client has `minSize` rows.
 *
 * @param labels one class per row
 * @returns row indices per client, every row once
 * @throws {FedError} `ERR_RANGE` for arguments out of range, `ERR_DATA` when `maxDraws` draws left a client too small
 */
export function classWisePartition(
  labels: ArrayLike<number>,
  options: ClassWiseOptions,
): number[][] {
  const {
    clients,
    alpha = 0.5,
    minSize = 10,
    maxDraws = 1000,
    random,
    ...rest
  } = optionsOf("classWisePartition", options);
  refuseUnknown("classWisePartition", rest);
  whole("classWisePartition", "clients", clients, { min: 1, max: labels.length });
  real("classWisePartition", "alpha", alpha, { above: 0 });
  whole("classWisePartition", "minSize", minSize, {
    min: 0,
    max: Math.floor(labels.length / clients),
  });
  const classes = Array.from(labels).reduce((most, label) => Math.max(most, label + 1), 0);
  const pools = rowsByClass(labels, classes);
  for (let draw = 0; draw < maxDraws; draw++) {
    const parts = drawParts(pools, clients, alpha, random);
    if (parts.every((rows) => rows.length >= minSize)) return parts;
  }
  throw new FedError(
    "ERR_DATA",
    `fedlt/classWisePartition: ${maxDraws} draws left a client with fewer than ${minSize} rows; use fewer clients, a larger alpha or a smaller minSize`,
    { fields: { clients, alpha, minSize } },
  );
}
