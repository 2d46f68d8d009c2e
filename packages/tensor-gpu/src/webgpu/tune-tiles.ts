import type { View } from "../backend/view";
import type { WebGpuBackend } from "./create-web-gpu-backend";
import { flatView } from "./device-heaps";
import { type Engine, engine } from "./engine";
import {
  FEW_ROWS,
  type ProductSize,
  sizeKey,
  TILES,
  type Tile,
  tileKey,
  usualTile,
} from "./products/tiles";
import { weightProduct } from "./products/weight-product";

/** A backend whose products may be tuned. */
export type TunedBackend = Pick<
  WebGpuBackend,
  "tiles" | "kernels" | "allocate" | "free" | "compile" | "timed"
>;

/** Tiles by sizes of products, as JSON holds them: see `tuneWebGpu`. */
export type SavedTiles = Readonly<Record<string, string>>;

/** A matrix product [m, k]·[k, n], `batch` of them at once (default 1). */
export interface TunedShape {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly batch?: number | undefined;
}

const MOST_CANDIDATES = 6;
/** Milliseconds of one timed run, at least, and of all runs of a shape, at most. */
const LEAST_MS = 5;
const MOST_MS = 150;
const MOST_LAUNCHES = 256;

const TILE_OF = new Map(TILES.map((tile) => [tileKey(tile), tile]));

/** The usual tile, and others of each size that is not larger than the product by half. */
function candidatesOf(size: ProductSize): Tile[] {
  const usual = usualTile(size);
  const others = TILES.filter(
    ({ rows, columns, depth, perThread }) =>
      depth === 16 &&
      (perThread === 8) === rows > 32 &&
      (rows < 2 * size.m || rows === 32) &&
      (columns < 2 * size.n || columns === 32),
  );
  const keys = new Set([usual, ...(size.m > FEW_ROWS ? others : [])].map(tileKey));
  return [...keys].slice(0, MOST_CANDIDATES).map((key) => TILE_OF.get(key)!);
}

function readSaved(backend: TunedBackend, saved: SavedTiles): void {
  const read: [string, Tile][] = [];
  for (const [size, key] of Object.entries(engine().optionsOf("tuneWebGpu", saved))) {
    const tile = TILE_OF.get(key as string);
    if (!tile || !/^\d+(,\d+){3}$/.test(size))
      throw new (engine().TensorError)(
        "ERR_ARGUMENT",
        `tensor-gpu/tuneWebGpu: saved tiles must be what tuneWebGpu returned, got ${JSON.stringify(size)}: ${JSON.stringify(key)}`,
        { fields: { size, tile: key } },
      );
    read.push([size, tile]);
  }
  for (const [size, tile] of read) backend.tiles.set(size, tile);
}

/** Milliseconds of one product with each tile that the driver accepts and there was time for. */
async function timeTiles(
  backend: TunedBackend,
  size: ProductSize,
  tiles: readonly Tile[],
  now: () => number,
): Promise<[Tile, number][]> {
  const { m, n, k, batch } = size;
  const views: View[] = [];
  const times: [Tile, number][] = [];
  try {
    for (const elements of [batch * m * k, batch * k * n, batch * m * n])
      views.push(flatView(backend.allocate(4 * elements), elements));
    const [a, b, c] = views as [View, View, View];
    const batches = { batch1: batch, aBatch1: m * k, bBatch1: k * n, cBatch1: m * n };
    const shape = Object.assign(weightProduct(m, n, k), batches);
    const multiply = () => backend.kernels.gemm(c, a, b, shape);
    const fill = () => {
      for (const operand of [a, b]) backend.kernels.fill(operand, 0.5);
    };
    const use = (tile: Tile) => void backend.tiles.set(sizeKey(size), tile);
    await backend.compile(fill);
    fill();
    const compiled = await Promise.allSettled(
      tiles.map((tile) => {
        use(tile);
        return backend.compile(multiply);
      }),
    );
    const refusal = compiled.find(({ status }) => status === "rejected") as PromiseRejectedResult;
    let spent = 0;
    const run = async (count: number) => {
      const start = now();
      const byDevice = await backend.timed(() => {
        for (let i = 0; i < count; i++) multiply();
      });
      return byDevice ?? now() - start;
    };
    for (const tile of tiles.filter((_, i) => compiled[i]!.status === "fulfilled")) {
      if (spent >= MOST_MS) break;
      use(tile);
      let each = await run(1); // Warms up; some drivers compile only now, which does not count.
      for (let count = 1; count <= MOST_LAUNCHES && spent < MOST_MS; count *= 4) {
        const time = await run(count);
        spent += time;
        each = time / count;
        if (time >= LEAST_MS) break;
      }
      times.push([tile, each]);
    }
    if (times.length === 0) throw refusal.reason;
    return times;
  } finally {
    for (const { storage, size: elements } of views) backend.free(storage.handle, 4 * elements);
  }
}

/** `tuneWebGpu` with a clock, in milliseconds. */
export async function tuneTiles(
  backend: TunedBackend,
  shapes: readonly TunedShape[],
  saved: SavedTiles,
  now: () => number,
): Promise<SavedTiles> {
  const assertSize: Engine["assertWhole"] = engine().assertWhole;
  readSaved(backend, saved);
  for (const { m, n, k, batch = 1 } of shapes) {
    const size = { m, n, k, batch };
    for (const [name, value] of Object.entries(size))
      assertSize("tuneWebGpu", name, value, { least: 1, most: 2 ** 24 });
    const key = sizeKey(size);
    if (backend.tiles.has(key)) continue;
    try {
      const times = await timeTiles(backend, size, candidatesOf(size), now);
      const [fastest] = times.reduce((best, other) => (other[1] < best[1] ? other : best));
      backend.tiles.set(key, fastest);
    } catch (error) {
      backend.tiles.delete(key);
      throw error;
    }
  }
  return Object.fromEntries([...backend.tiles].map(([size, tile]) => [size, tileKey(tile)]));
}
