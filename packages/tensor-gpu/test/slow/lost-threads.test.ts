import { Worker } from "node:worker_threads";
import { afterEach, describe, expect, it } from "vitest";
import { TensorError } from "../../src";
import { coreKernels } from "../../src/wasm/core-kernels";
import { nodeHelperSource } from "../../src/wasm/helper-source";
import { type Arena, createArena, noise } from "../wasm/arena";

const PATIENCE_MS = 100;
const N = 70_000;
const threads = process.getBuiltinModule("node:worker_threads");
afterEach(() => {
  threads.Worker = Worker;
});

/** Has helper threads run `source` in place of what they should, or notes the real ones in a list. */
function watchWorkers(source?: string): Worker[] {
  const workers: Worker[] = [];
  threads.Worker = class extends Worker {
    constructor(real: string | URL, options?: ConstructorParameters<typeof Worker>[1]) {
      super(source ?? real, options);
      workers.push(this);
    }
  };
  return workers;
}

/** Adds over many elements in chunks for two threads, and compares. */
function addAll(arena: Arena): void {
  const kernels = coreKernels(arena.launcher);
  const [x, y] = [noise(N, 1), noise(N, 2)];
  const out = arena.put(new Float32Array(N));
  kernels.arithmetic("add", out, arena.put(x), arena.put(y));
  expect(arena.read(out)).toBeAllclose(
    x.map((value, i) => value + y[i]!),
    { rtol: 0, atol: 0 },
  );
  arena.reset();
}

function codeOf(run: () => unknown): string {
  try {
    run();
    return "none";
  } catch (error) {
    if (TensorError.isInstance(error)) return error.code;
    throw error;
  }
}

const nextTurn = () => new Promise((resolve) => setTimeout(resolve, 20));

describe("a helper thread that is stopped", () => {
  it("while kernels run ends no kernel wrongly and leaves one thread to go on", async () => {
    for (let round = 0; round < 4; round++) {
      const workers = watchWorkers();
      const arena = createArena({ threads: 2, patienceMs: PATIENCE_MS });
      expect(workers).toHaveLength(1);
      const stopped = workers[0]!.terminate();
      const until = performance.now() + 60;
      const codes = new Set<string>();
      while (performance.now() < until) codes.add(codeOf(() => addAll(arena)));
      codes.delete("none");
      expect([[], ["ERR_BACKEND"]]).toContainEqual([...codes]);
      await stopped;
      await nextTurn();
      expect(arena.threads).toBe(1);
      expect(arena.helpersReady()).toBe(0);
      addAll(arena);
      await arena.dispose();
    }
  });

  it("lost during a kernel ends the wait for it with an error, and kernels go on", async () => {
    const work = "kernel(argumentsAddress";
    expect(nodeHelperSource).toContain(work);
    watchWorkers(nodeHelperSource.replace(work, `process.exit(1), ${work}`));
    const arena = createArena({ threads: 2, patienceMs: PATIENCE_MS });
    const untilLost = () => {
      for (let i = 0; i < 1000; i++) addAll(arena);
    };
    expect(untilLost).toThrow("wasm: a helper thread was lost during a kernel");
    expect(arena.threads).toBe(1);
    for (let i = 0; i < 3; i++) addAll(arena);
    await arena.dispose();
  });
});

describe("a helper thread that does not start", () => {
  it.each([
    ["throws", "throw new Error('not today')"],
    ["exits", "process.exit(3)"],
    ["never answers", "for (;;);"],
  ])("since it %s leaves the work to the caller", async (_, source) => {
    const workers = watchWorkers(source);
    const arena = createArena({ threads: 2 }, { waits: false });
    for (let i = 0; i < 3; i++) {
      addAll(arena);
      expect(workers).toHaveLength(1);
      expect(arena.helpersReady()).toBe(0);
      await nextTurn();
    }
    await arena.dispose();
    expect(arena.threads).toBe(1);
    addAll(arena);
  });

  it("since there is no room for it leaves the work to the caller", async () => {
    threads.Worker = class {
      constructor() {
        throw new Error("no more threads");
      }
    } as unknown as typeof Worker;
    const arena = createArena({ threads: 2 }, { waits: false });
    addAll(arena);
    expect(arena.threads).toBe(1);
    await arena.dispose();
  });
});

describe("a kernel that fails", () => {
  it.each([1, 2])("is an error of the backend, and the next one works, %i threads", async (n) => {
    const arena = createArena({ threads: n });
    for (let round = 0; round < 3; round++) {
      const wild = { ...arena.put(noise(4, 1)), size: N };
      const kernels = coreKernels(arena.launcher);
      const far = { ...wild, storage: { handle: arena.linear.byteLength - 64 } };
      expect(codeOf(() => kernels.fill(far, 1))).toBe("ERR_BACKEND");
      addAll(arena);
    }
    await arena.dispose();
  });
});
