import { describe, expect, it } from "vitest";
import { caseCount, measureAll, outcomeOf, progressOf } from "../../site/measure-all.mjs";
import { withoutWebGpu } from "../../site/without-web-gpu.mjs";
import { webgpuSizes, worksOf } from "../../webgpu/sizes.mjs";

interface Line {
  name: string;
  what: string;
  error?: string;
}

const sizes = webgpuSizes.software;
const works = worksOf(sizes);

/** Measures with a thread that tells all its cases unless `before` throws. */
async function linesOf(
  before: (kind: string, what: string, stop: AbortController) => void,
): Promise<Line[]> {
  const stop = new AbortController();
  const lines: Line[] = [];
  await measureAll({
    sizes,
    async measure(kind: string, tell: (line: object) => void) {
      for (const what of works) {
        before(kind, what, stop);
        stop.signal.throwIfAborted();
        tell({ name: kind, what, ms: 1 });
      }
    },
    tell: (line: object) => lines.push(line as Line),
    signal: stop.signal,
  });
  return lines;
}

describe("measuring all backends", () => {
  it("measures one after another", async () => {
    const lines = await linesOf(() => {});
    expect(lines).toHaveLength(caseCount(sizes));
    expect([...new Set(lines.map(({ name }) => name))]).toEqual(["webgpu", "wasm", "gpu"]);
  });

  it("keeps what was told when it is stopped", async () => {
    const lines = await linesOf((kind, what, stop) => {
      if (kind === "wasm" && what === works[2]) stop.abort();
    });
    expect(lines).toHaveLength(works.length + 2);
    expect(lines.some(({ error }) => error)).toBe(false);
  });

  it("tells what a thread that died still owed, and goes on with the next backend", async () => {
    const lines = await linesOf((kind, what) => {
      if (kind === "webgpu" && what === works[4]) throw new Error("the thread died");
    });
    expect(lines).toHaveLength(caseCount(sizes));
    const failed = lines.filter(({ error }) => error === "the thread died");
    expect(failed.map(({ what }) => what)).toEqual(works.slice(4));
  });
});

describe("the words of the page", () => {
  it("name the case that is measured, and its place", () => {
    expect(progressOf(0, sizes)).toBe("webgpu: copy, 1 of 18");
    expect(progressOf(works.length + 2, sizes)).toBe("wasm: product 512³, 9 of 18");
    expect(progressOf(18, sizes)).toBe("");
  });

  it("tell how it ended", () => {
    const lines = [{ error: undefined }, { error: "lost" }];
    expect(outcomeOf(lines, sizes, true)).toBe(
      "Stopped with 1 of 18 cases measured; 1 failed, see below. What was measured stays.",
    );
    const all = Array.from({ length: 18 }, () => ({ error: undefined }));
    expect(outcomeOf(all, sizes, false)).toBe("Measured 18 of 18 cases.");
  });

  it("say what to do without WebGPU, by what is missing", () => {
    const texts = [
      { isSecure: false, hasWebGpu: false },
      { isSecure: true, hasWebGpu: false },
      { isSecure: true, hasWebGpu: true },
    ].map(withoutWebGpu);
    expect(texts[0]).toContain("https");
    expect(texts[1]).toContain("has no WebGPU");
    expect(texts[2]).toContain("hardware acceleration");
  });
});
