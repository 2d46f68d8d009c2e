import { createWasmBackend } from "@deepgrain/tensor-gpu";
import { describe, expect, it, vi } from "vitest";
import { measureCases } from "../../webgpu/cases.mjs";
import { worksOf } from "../../webgpu/sizes.mjs";

interface Line {
  name: string;
  what: string;
  ms?: number;
  error?: string;
}

const step = { layers: 1, d: 8, heads: 2, context: 4, batch: 1, vocabulary: 16 };
const tiny = {
  seconds: 0,
  leastMs: 0,
  copyFloats: 16,
  products: [2, 3],
  steps: [step],
  models: ["260K"],
  prompt: 4,
};
/** A clock that ticks with each reading. */
const ticking = () => {
  let now = 0;
  return { clock: () => now++, seconds: 0, leastMs: 0 };
};

async function measure(sizes: typeof tiny, options: object = {}): Promise<Line[]> {
  const lines: Line[] = [];
  await measureCases({
    open: async () => createWasmBackend({ threads: 1 }),
    kind: "wasm",
    sizes,
    timing: ticking(),
    tell: (line: Line) => lines.push(line),
    ...options,
  });
  return lines;
}

describe("measureCases", () => {
  it("tells a time for each case, in the order of worksOf", async () => {
    const lines = await measure(tiny);
    expect(lines.map(({ what }) => what)).toEqual(worksOf(tiny));
    expect(lines.filter(({ ms }) => !(ms! > 0))).toEqual([]);
  });

  it("ends before the next case when its signal is given", async () => {
    const stopping = new AbortController();
    const lines: Line[] = [];
    const tell = (line: Line) => {
      lines.push(line);
      if (lines.length === 2) stopping.abort();
    };
    await measure(tiny, { tell, signal: stopping.signal });
    expect(lines.map(({ what }) => what)).toEqual(["copy", "product 2³"]);
  });

  it("tells a failing case in its place and measures the others", async () => {
    const lines = await measure({ ...tiny, products: [2, -1, 3] });
    expect(lines.filter(({ error }) => error).map(({ what }) => what)).toEqual(["product -1³"]);
    expect(lines).toHaveLength(worksOf(tiny).length + 1);
  });

  it("opens another backend after a lost device", async () => {
    const lost = Object.assign(new Error("lost"), { fields: { isContextLost: true } });
    const losing = Object.defineProperty({ ...step }, "vocabulary", {
      get() {
        throw lost;
      },
    });
    const open = vi.fn(async () => createWasmBackend({ threads: 1 }));
    const lines = await measure({ ...tiny, steps: [losing, step] }, { open });
    expect(lines.flatMap(({ error }) => error ?? [])).toEqual(["lost"]);
    expect(lines.at(-1)?.ms).toBeGreaterThan(0);
    expect(open).toHaveBeenCalledTimes(2);
  });

  it("tells every case as failed where no backend can be opened", async () => {
    const open = () => Promise.reject(new Error("no adapter"));
    const lines = await measure(tiny, { open });
    expect(lines.map(({ what }) => what)).toEqual(worksOf(tiny));
    expect(new Set(lines.map(({ error }) => error))).toEqual(new Set(["no adapter"]));
  });
});
