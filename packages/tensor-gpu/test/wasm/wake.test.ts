import { afterEach, describe, expect, it, vi } from "vitest";
import { coreKernels } from "../../src/wasm/core-kernels";
import { grain } from "../../src/wasm/kernels/grain";
import { CONTROL, CONTROL_ADDRESS } from "../../src/wasm/layout";
import { type Arena, createArena, noise } from "./arena";

const HELPERS = 3;

/** The number in a control word of the runtime's first pool. */
const control = ({ linear }: Arena, word: number) => linear.ints[CONTROL_ADDRESS / 4 + word]!;

async function allAsleep(arena: Arena): Promise<void> {
  while (control(arena, CONTROL.sleepers) < HELPERS)
    await new Promise((resolve) => setTimeout(resolve, 1));
}

/** Adds so many elements, and compares. */
function add(arena: Arena, count: number): void {
  const [x, y] = [noise(count, 1), noise(count, 2)];
  const out = arena.put(new Float32Array(count));
  coreKernels(arena.launcher).arithmetic("add", out, arena.put(x), arena.put(y));
  expect(arena.read(out)).toBeAllclose(
    x.map((value, i) => value + y[i]!),
    { rtol: 0, atol: 0 },
  );
  arena.reset();
}

/** The sleepers that each launch of `run` wakes. */
function wokenBy(run: () => void): (number | undefined)[] {
  const notify = vi.spyOn(Atomics, "notify").mockReturnValue(0); // they sleep on
  run();
  return notify.mock.calls.map(([, , count]) => count);
}

describe("a launch", () => {
  afterEach(() => vi.restoreAllMocks());

  it("wakes no more helpers than it has chunks for, and is finished by its caller if they do not come", async () => {
    const arena = createArena({ threads: 1 + HELPERS });
    await allAsleep(arena);
    const chunk = grain(1);
    expect(wokenBy(() => add(arena, chunk))).toEqual([]);
    expect(wokenBy(() => add(arena, chunk + 1))).toEqual([1]);
    vi.restoreAllMocks();
    expect(wokenBy(() => add(arena, 3 * chunk))).toEqual([2]);
    vi.restoreAllMocks();
    expect(wokenBy(() => add(arena, 9 * chunk))[0]).toBeGreaterThanOrEqual(HELPERS);
    vi.restoreAllMocks();
    for (let i = 0; i < 3; i++) add(arena, 9 * chunk);
    await arena.dispose();
  });
});
