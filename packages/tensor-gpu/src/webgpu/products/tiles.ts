/** How a matrix product is cut: a workgroup computes rows × columns of the result, `depth` terms at a time. */
export interface Tile {
  readonly rows: 32 | 64 | 128;
  readonly columns: 32 | 64;
  readonly depth: 8 | 16;
  /** Rows of one thread; it has four columns. */
  readonly perThread: 4 | 8;
}

/** Sizes of a product: `batch` products of m × k by k × n. */
export interface ProductSize {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly batch: number;
}

/** Rows up to which a product is one of a matrix with vectors, without tiles. */
export const FEW_ROWS = 4;

/** Invocations that the weakest adapters give a workgroup. */
const MOST_THREADS = 256;

export const threadsOf = ({ rows, columns, perThread }: Tile): number =>
  (rows / perThread) * (columns / 4);

/** Every tile that the generator makes. At most 12 kB of workgroup memory each. */
export const TILES: readonly Tile[] = ([32, 64, 128] as const).flatMap((rows) =>
  ([32, 64] as const).flatMap((columns) =>
    ([8, 16] as const).flatMap((depth) =>
      ([4, 8] as const)
        .map((perThread) => ({ rows, columns, depth, perThread }))
        .filter((tile) => threadsOf(tile) <= MOST_THREADS),
    ),
  ),
);

export const tileKey = ({ rows, columns, depth, perThread }: Tile): string =>
  `${rows}x${columns}x${depth}/${perThread}`;

/** Key of a product in a table of tuned tiles. */
export const sizeKey = ({ m, n, k, batch }: ProductSize): string => `${m},${n},${k},${batch}`;

/** Workgroups from which a processor of graphics counts as busy. */
const ENOUGH_GROUPS = 64;

/** From the fewest bytes per product to the most workgroups. */
const CANDIDATES: readonly Tile[] = [
  { rows: 128, columns: 64, depth: 16, perThread: 8 },
  { rows: 64, columns: 64, depth: 16, perThread: 4 },
  { rows: 64, columns: 32, depth: 16, perThread: 4 },
  { rows: 32, columns: 32, depth: 16, perThread: 4 },
];

export const tilesIn = ({ m, n, batch }: ProductSize, { rows, columns }: Tile): number =>
  batch * Math.ceil(m / rows) * Math.ceil(n / columns);

/** The tile of a product that was not tuned: the largest that gives enough workgroups, and wastes no half of them. */
export function usualTile(size: ProductSize): Tile {
  const fits = ({ rows, columns }: Tile) =>
    rows < 2 * size.m && (columns < 2 * size.n || columns === 32);
  const found = CANDIDATES.find((tile) => fits(tile) && tilesIn(size, tile) >= ENOUGH_GROUPS);
  return found ?? CANDIDATES.at(-1)!;
}

/** Terms that a part of a split sum has at least. */
const LEAST_TERMS = 128;

/** Parts into which the sums of a product are split, so that few tiles make enough workgroups. */
export function splitsOf(size: ProductSize, tile: Tile): number {
  const wanted = Math.floor(ENOUGH_GROUPS / Math.max(1, tilesIn(size, tile)));
  return Math.max(1, Math.min(wanted, Math.floor(size.k / LEAST_TERMS), 16));
}
