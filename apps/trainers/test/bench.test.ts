import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type BenchResult, benchSizes } from "@deepgrain/bench/machine";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { describe, expect, it } from "vitest";
import { benchTable } from "../src/bench/bench-table";
import { call } from "./call";

const tiny = ["bench", "--quick", "--seconds", "0.001"];

describe("deepgrain bench", () => {
  it("measures products and steps on each backend and thread count", async () => {
    const folder = await temporaryFolder();
    const { code, out, err } = await call(
      [...tiny, "--backend", "js,wasm", "--threads", "2", "--out", "bench.json"],
      { cwd: folder },
    );
    expect(code, err).toBe(0);
    const result = JSON.parse(await readFile(join(folder, "bench.json"), "utf8")) as BenchResult;
    const columns = ["wasm 1", "wasm 2", "js 1"];
    const models = Object.keys(benchSizes.quick.models);
    const columnOf = ({ backend, threads }: { backend: string; threads: number }) =>
      `${backend} ${threads}`;
    expect(result.backends.map(({ name, isAvailable }) => [name, isAvailable])).toEqual([
      ["wasm", true],
      ["js", true],
    ]);
    expect(result.peaks.map(({ threads }) => threads)).toEqual([1, 2]);
    expect(result.gemm.map((rate) => `${columnOf(rate)} ${rate.kind}`)).toEqual(
      columns.flatMap((column) => ["nn", "nt", "tn"].map((kind) => `${column} ${kind}`)),
    );
    expect(result.steps.map((rate) => `${columnOf(rate)} ${rate.model}`)).toEqual(
      columns.flatMap((column) => models.map((model) => `${column} ${model}`)),
    );
    for (const { gflops } of [...result.peaks, ...result.gemm]) expect(gflops).toBeGreaterThan(0);
    for (const { stepsPerSecond } of result.steps) expect(stepsPerSecond).toBeGreaterThan(0);
    expect(out).toBe(benchTable(result, {}));
    for (const text of ["wasm·1", "wasm·2", "js·1", "16×16×16", ...models])
      expect(out).toContain(text);
  });

  it("prints how work scales with several numbers of threads, and where its time goes", async () => {
    const folder = await temporaryFolder();
    const flags = ["--threads", "1,2", "--out", "bench.json"];
    const { code, out, err } = await call([...tiny, ...flags], { cwd: folder });
    expect(code, err).toBe(0);
    const result = JSON.parse(await readFile(join(folder, "bench.json"), "utf8")) as BenchResult;
    const works = [
      "product 16×16×16",
      "GPT step, 1 layers, d 16",
      "token after a short prompt",
      "prompt of 16 tokens",
    ];
    expect(result.scaling.map(({ work, threads }) => [threads, work])).toEqual(
      [1, 2].flatMap((threads) => works.map((work) => [threads, work])),
    );
    for (const { backend, medianMs, barrierShare, outsideShare } of result.scaling) {
      expect(backend).toBe("wasm");
      expect(medianMs).toBeGreaterThan(0);
      expect(barrierShare).toBeGreaterThanOrEqual(0);
      expect(outsideShare).toBeGreaterThanOrEqual(0);
      expect(barrierShare + outsideShare).toBeLessThanOrEqual(1);
    }
    expect(result).toMatchObject({ gemm: [], steps: [] });
    expect(out).toBe(benchTable(result, {}));
    for (const text of ["threads", "times as fast", "in barriers", "outside kernels", ...works])
      expect(out).toContain(text);
  });

  it("says how to install what is missing", async () => {
    const before = process.env.DEEPGRAIN_BLAS;
    process.env.DEEPGRAIN_BLAS = "/nonexistent/libblas.so";
    try {
      const { code, out } = await call([...tiny, "--backend", "blas"]);
      expect(code).toBe(0);
      expect(out).toMatch(/blas +not here: .*nstall/);
    } finally {
      if (before === undefined) delete process.env.DEEPGRAIN_BLAS;
      else process.env.DEEPGRAIN_BLAS = before;
    }
  });

  it("says what a graphics processor runs on, or why there is none", async () => {
    const { code, out } = await call([...tiny, "--backend", "gpu"]);
    expect(code).toBe(0);
    expect(out).toMatch(/gpu +(not here: .*available here|headlessgl on .+)/);
    expect(out).not.toContain("Peak");
  });

  it("stops between two measurements", async () => {
    const signal = AbortSignal.abort(new Error("interrupted"));
    const { code, out } = await call([...tiny, "--backend", "js"], { signal });
    expect({ code, out }).toEqual({ code: 130, out: "" });
  });

  it.each([
    [["--backend", "cuda"], "--backend may name"],
    [["--threads", "0"], "--threads must be"],
    [["--threads", "1,65"], "--threads must be"],
    [["--seconds", "0"], "--seconds must be"],
  ])("answers %j with exit code 2", async (flags, message) => {
    const { code, err } = await call(["bench", ...flags]);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});
