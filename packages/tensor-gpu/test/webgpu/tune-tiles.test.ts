import { describe, expect, it } from "vitest";
import type { View } from "../../src/backend/view";
import { optionsOf, TensorError } from "../../src/errors";
import { assertWhole } from "../../src/tensor/sizes";
import { type Engine, provideEngine } from "../../src/webgpu/engine";
import { type Tile, tileKey } from "../../src/webgpu/products/tiles";
import { type TunedBackend, tuneTiles } from "../../src/webgpu/tune-tiles";

provideEngine({ optionsOf, TensorError, assertWhole } as Engine);

const SHAPE = { m: 512, n: 512, k: 512 };
const KEY = "512,512,512,1";

interface Pretence {
  /** Milliseconds of one product. */
  readonly cost: (key: string) => number;
  readonly isRefused?: (key: string) => boolean;
  readonly breaks?: (key: string) => boolean;
  /** Whether `timed` answers by itself. */
  readonly hasClock?: boolean;
}

/** A backend that computes nothing, and whose products take the time that the test says. */
function pretend({ cost, isRefused = () => false, breaks, hasClock = false }: Pretence) {
  const tiles = new Map<string, Tile>();
  const living = new Set<number>();
  const done = { products: [] as string[], compiled: [] as string[], runs: 0 };
  let [time, next, isCompiling] = [0, 1, false];
  const gemm = () => {
    const key = tileKey(tiles.get(KEY)!);
    if (isCompiling) {
      done.compiled.push(key);
      return;
    }
    expect(done.compiled).toContain(key);
    if (breaks?.(key)) throw new TensorError("ERR_BACKEND", "lost");
    done.products.push(key);
    time += cost(key);
  };
  const backend: TunedBackend = {
    tiles,
    kernels: { gemm, fill: (view: View) => expect(living).toContain(view.storage.handle) } as never,
    allocate() {
      living.add(next);
      return next++;
    },
    free: (handle) => void living.delete(handle),
    async compile(use) {
      const before = done.compiled.length;
      isCompiling = true;
      use();
      isCompiling = false;
      if (done.compiled.slice(before).some(isRefused)) throw new TensorError("ERR_BACKEND", "no");
    },
    async timed(use) {
      const start = time;
      use();
      done.runs++;
      return hasClock ? time - start : undefined;
    },
  };
  const tune = (saved = {}, shapes = [SHAPE]) =>
    tuneTiles(backend, shapes, saved, hasClock ? () => 0 : () => time);
  return { backend, living, done, tune, time: () => time };
}

const FASTEST = "32x64x16/4";
const cost = (key: string) => (key === FASTEST ? 1 : 2);

describe("tuning tiles", () => {
  it.each([false, true])(
    "keeps the fastest, by the device's clock where there is one: %s",
    async (hasClock) => {
      const { tune, backend, done } = pretend({ cost, hasClock });
      expect(await tune()).toEqual({ [KEY]: FASTEST });
      expect(tileKey(backend.tiles.get(KEY)!)).toBe(FASTEST);
      expect(new Set(done.products).size).toBeLessThanOrEqual(6);
      expect(new Set(done.compiled)).toEqual(new Set(done.products));
    },
  );

  it("times runs of at least 5 ms, or of 256 products", async () => {
    const { tune, done } = pretend({ cost: () => 0.001 });
    await tune();
    const candidates = new Set(done.products).size;
    expect(candidates).toBeGreaterThan(1);
    expect(done.products).toHaveLength(candidates * (1 + 1 + 4 + 16 + 64 + 256));
  });

  it("stops at 150 ms, and keeps the best of those that it timed", async () => {
    const { tune, done, time } = pretend({ cost: () => 40 });
    const [tile] = Object.values(await tune());
    expect(tile).toBe(done.products[0]);
    const warmUps = 40 * new Set(done.products).size;
    expect(time() - warmUps).toBeLessThanOrEqual(150 + 40);
    const slow = pretend({ cost: () => 9000 });
    await slow.tune();
    expect(slow.done.products).toHaveLength(2);
  });

  it("does not time the sizes of saved tiles, which go through JSON", async () => {
    const first = pretend({ cost });
    const saved = JSON.parse(JSON.stringify(await first.tune()));
    const second = pretend({ cost });
    expect(await second.tune(saved)).toEqual(saved);
    expect(second.done.runs).toBe(0);
    expect(await second.tune()).toEqual(saved);
    expect(second.done.runs).toBe(0);
  });

  it.each([
    { [KEY]: "33x32x16/4" },
    { [KEY]: 7 },
    { "512,512,512": FASTEST },
    { "a,b,c,d": FASTEST },
    [],
  ])("refuses bad saved tiles and takes none of them: %j", async (bad) => {
    const { tune, backend } = pretend({ cost });
    const saved = Array.isArray(bad) ? bad : { "8,8,8,1": FASTEST, ...bad };
    await expect(tune(saved)).rejects.toThrow(expect.objectContaining({ code: "ERR_ARGUMENT" }));
    expect(backend.tiles.size).toBe(0);
  });

  it.each([0, 1.5, 2 ** 25, Number.NaN])("refuses a size of %s", async (n) => {
    const { tune } = pretend({ cost });
    const refused = tune({}, [{ ...SHAPE, n }]);
    await expect(refused).rejects.toThrow(expect.objectContaining({ code: "ERR_RANGE" }));
  });

  it("leaves out tiles that the driver refuses", async () => {
    const { tune, done } = pretend({ cost, isRefused: (key) => key === FASTEST });
    expect(Object.values(await tune())).not.toContain(FASTEST);
    expect(done.compiled).toContain(FASTEST);
    expect(done.products).not.toContain(FASTEST);
  });

  it.each([
    { name: "every tile is refused", isRefused: () => true },
    { name: "the device is lost", breaks: (key: string) => key === FASTEST },
  ])("leaves no memory and no tile behind where $name", async ({ name: _, ...how }) => {
    const { tune, backend, living } = pretend({ cost, ...how });
    await expect(tune()).rejects.toThrow(expect.objectContaining({ code: "ERR_BACKEND" }));
    expect(backend.tiles.size).toBe(0);
    expect(living.size).toBe(0);
  });

  it("returns all memory", async () => {
    const { tune, living } = pretend({ cost });
    await tune();
    expect(living.size).toBe(0);
  });
});
