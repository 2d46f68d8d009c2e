import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { exactFlopsPerToken, runFromFolder } from "../../src/index";

// The first 72 steps of a real main job: 70 steps of 4 · 64 tokens until the last evaluation.
const text = (path: string) =>
  readFileSync(fileURLToPath(new URL(`../fixtures/main-job/${path}`, import.meta.url)), "utf8");
const files = {
  "metrics.jsonl": text("metrics.jsonl"),
  "config.json": text("config.json"),
  "base/config.json": text("base/config.json"),
};

const activated = 1_035_392 - 2 * 1024 * 128; // as the trainer counted, without the vocabulary
const model = exactFlopsPerToken({
  nonEmbeddingParameters: activated,
  layers: 4,
  attentionWidth: 128,
  sequenceLength: 64,
});

describe("runFromFolder", () => {
  it("reads a main job's folder", () => {
    const run = runFromFolder(files);
    expect(run).toEqual({
      flops: model * 70 * 256,
      model,
      tokens: 70 * 256,
      loss: 5.93264,
      unit: "loss",
      batchTokens: 256,
      lr: 0.004,
      seed: 1,
      layers: 4,
      width: 128,
      vocab: 1024,
      sequenceLength: 64,
    });
  });

  it("reads a pretrain command's folder, whose config is the model's: the sequence length is passed", () => {
    const folder = {
      "metrics.jsonl": files["metrics.jsonl"],
      "config.json": files["base/config.json"],
    };
    const { seed: _, ...run } = runFromFolder(files);
    expect(runFromFolder(folder, { sequenceLength: 64 })).toEqual(run);
    const record = JSON.stringify({ command: "pretrain", settings: { sequenceLength: 64 } });
    expect(runFromFolder({ ...folder, "run.json": record })).toEqual(run);
    expect(() => runFromFolder({ ...folder, "run.json": "{" })).toThrow(
      /run\.json: line 1: not JSON/,
    );
    expect(() => runFromFolder(folder, { folder: "first" })).toThrow(
      "first/config.json does not say how long training sequences are; pass `sequenceLength`",
    );
  });

  it("takes M from the caller where the model cannot be counted", () => {
    const folder = { "metrics.jsonl": files["metrics.jsonl"] };
    expect(runFromFolder(folder, { model: 1e7, seed: 3 })).toMatchObject({
      model: 1e7,
      flops: 1e7 * 70 * 256,
      seed: 3,
    });
    expect(() => runFromFolder(folder)).toThrow(
      "config.json is missing; pass it, or the model scale M as `model`",
    );
  });

  it("leaves out a last line that a crash cut short, but names any other broken line", () => {
    const cut = `${files["metrics.jsonl"]}{"stage":"pre`;
    expect(runFromFolder({ ...files, "metrics.jsonl": cut })).toEqual(runFromFolder(files));
    const broken = `{"stage":\n${files["metrics.jsonl"]}`;
    expect(() => runFromFolder({ ...files, "metrics.jsonl": broken })).toThrow(
      "run/metrics.jsonl: line 1: not JSON",
    );
  });

  it("says what the metrics lack", () => {
    const withMetrics =
      (...records: object[]) =>
      () =>
        runFromFolder({
          ...files,
          "metrics.jsonl": records
            .map((record) => `${JSON.stringify({ stage: "pretrain", ...record })}\n`)
            .join(""),
        });
    expect(() => runFromFolder({})).toThrow(
      expect.objectContaining({
        code: "ERR_ARGUMENT",
        message: expect.stringContaining("metrics.jsonl is missing"),
      }),
    );
    expect(withMetrics()).toThrow('metrics.jsonl has no eval-end record of stage "pretrain"');
    expect(withMetrics({ type: "eval-end", step: 3, loss: null })).toThrow(
      "the eval-end record of step 3 has the loss null, expected a number above 0",
    );
    expect(withMetrics({ type: "eval-end", step: 3, loss: 2 })).toThrow(
      "no step-end records with tokens before the last evaluation (step 3)",
    );
    expect(() => runFromFolder(files, { stage: "tune" })).toThrow(
      'no eval-end record of stage "tune"',
    );
    expect(() => runFromFolder({ ...files, "base/config.json": "[" })).toThrow(
      "base/config.json: line 1: not JSON",
    );
  });
});
