import { describe, expect, it } from "vitest";
import {
  allowedRows,
  failures,
  markdownReport,
  mergedLines,
  ownColumns,
  timesRows,
} from "../../webgpu/report.mjs";
import { webgpuSizes } from "../../webgpu/sizes.mjs";

const sizes = { ...webgpuSizes.software, products: [256], steps: [], models: ["260K"] };
const counts = (flop: number, bytes: number) => ({ flop, bytes, dispatches: 3, submits: 1 });
/** 4·10⁶ bytes and 2·10⁸ FLOP per millisecond. */
const lines = [
  { name: "webgpu", what: "copy", ms: 2, counts: counts(0, 8e6) },
  { name: "webgpu", what: "product 256³", ms: 10, counts: counts(2e9, 1e6) },
  { name: "webgpu", what: "260K, a token", ms: 10, counts: counts(1e8, 1e7) },
  { name: "wasm", what: "copy", ms: 0.5 },
  { name: "gpu", what: "copy", error: "refused" },
  { name: "gpu", what: "product 256³", error: "refused" },
  { name: "gpu", what: "260K, a token", error: "lost" },
];

describe("the report of the webgpu bench", () => {
  it("takes the median of the rounds, and a failure before any time", () => {
    const rounds = [3, 1, 2].map((ms) => ({ name: "wasm", what: "copy", ms, counts: undefined }));
    const failing = [
      { name: "gpu", what: "copy", error: "refused" },
      { name: "gpu", what: "copy", ms: 1 },
    ];
    expect(mergedLines([...rounds, ...failing])).toEqual([
      { name: "wasm", what: "copy", ms: 2, counts: undefined },
      { name: "gpu", what: "copy", error: "refused" },
    ]);
  });

  it("has a row per case and a column per backend, with what failed, was not measured, or runs elsewhere", () => {
    const elsewhere = { name: "jax-js", title: "jax-js", note: "Node only" };
    const rows = timesRows(lines, { sizes, columns: [...ownColumns(1), elsewhere] });
    expect(rows).toEqual([
      ["ms", "`webgpu`", "`wasm`, 1 thread", "`gpu` (gpu.js)", "jax-js"],
      ["copy of 4 MiB", "2.00", "0.500", "failed", "Node only"],
      ["product 256³", "10.0", "-", "failed", "Node only"],
      ["260K, a token", "10.0", "-", "failed", "Node only"],
      ["260K, a prompt of 128", "-", "-", "-", "Node only"],
    ]);
  });

  it("allows the longer of the times for arithmetic and for bytes", () => {
    const [, copy, product, token] = allowedRows(lines, sizes);
    expect(copy).toEqual(["copy", "0.000", "8.0", "3", "1", "2.00", "2.00", "100 %"]);
    expect(product?.slice(5)).toEqual(["10.0", "10.0", "100 %"]);
    // 10⁸ FLOP take 0.5 ms, 10⁷ bytes 2.5 ms
    expect(token?.slice(5)).toEqual(["2.50", "10.0", "25 %"]);
  });

  it("allows nothing before both rates are measured", () => {
    expect(allowedRows(lines.slice(0, 1), sizes).at(-1)?.slice(5)).toEqual(["-", "2.00", "-"]);
  });

  it("names the cases that failed by reason", () => {
    expect(failures(lines)).toEqual([
      "`gpu` failed in copy; product 256³: refused",
      "`gpu` failed in 260K, a token: lost",
    ]);
  });

  it("is Markdown with both tables", () => {
    const found = { adapter: "a card", limits: { maxBufferSize: 4 }, features: ["subgroups"] };
    const columns = ownColumns(2);
    const text = markdownReport({ found, lines, sizes, columns, clock: "ms" });
    expect(text).toMatch(/^### WebGPU beside the other backends, ms\n\nAdapter: a card; /);
    expect(text).toContain("copies 4.00 GB/s, the best product 200.0 GFLOP/s");
    expect(text.match(/^\| -{3,}/gm)).toHaveLength(2);
  });
});
