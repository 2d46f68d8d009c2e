import { afterEach, describe, expect, it } from "vitest";
import { createWasmBackend } from "../../../../src/wasm";
import { createBench } from "../../../conformance/suite/known/bench";

interface PageWorker {
  terminate(): void;
}

const page = globalThis as unknown as { Worker: new (url: string) => PageWorker };
const { Worker: RealWorker } = page;
afterEach(() => {
  page.Worker = RealWorker;
});

const N = 70_000;

/** Adds over many elements, in chunks for two threads, and compares. */
async function addAll({ kernels, floats, empty, read }: ReturnType<typeof createBench>) {
  const values = Array.from({ length: N }, (_, i) => i % 97);
  const [x, out] = [floats([N], values), empty([N])];
  kernels.arithmetic("add", out, x, x);
  expect(await read(out)).toEqual(values.map((value) => 2 * value));
}

describe("a helper thread of a page", () => {
  it.each([
    ["throws as it starts", "throw new Error('not today')"],
    ["closes itself at once", "close()"],
  ])("that %s leaves the work to the caller", async (_, source) => {
    page.Worker = class extends RealWorker {
      constructor() {
        super(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
      }
    };
    const backend = createWasmBackend({ threads: 2 });
    const bench = createBench(backend);
    for (let round = 0; round < 3; round++) {
      await addAll(bench);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await backend.dispose();
  });

  it("that is ended between kernels takes nothing with it", async () => {
    const workers: PageWorker[] = [];
    page.Worker = class extends RealWorker {
      constructor(url: string) {
        super(url);
        workers.push(this);
      }
    };
    const backend = createWasmBackend({ threads: 2 });
    expect(await backend.threadsReady()).toBe(2);
    const bench = createBench(backend);
    await addAll(bench);
    for (const worker of workers) worker.terminate();
    for (let round = 0; round < 3; round++) await addAll(bench);
    await backend.dispose();
  });
});
