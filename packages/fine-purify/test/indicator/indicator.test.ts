import { describe, expect, it } from "vitest";
import { indicator } from "../../src";
import { diff } from "../../src/weights/diff";
import { partOfModel } from "../../src/weights/part-of-model";
import { vector, weights } from "../support/weights";

describe("indicator", () => {
  it("is δ² / (Ĥ + ε), with ε a thousandth of the mean of Ĥ", () => {
    const delta = diff(vector(1, 1, 1), vector(3, 1.5, 1));
    const r = indicator(delta, vector(1, 0, 2)).get("w")!.data;
    expect(r[0]).toBeCloseTo(4 / 1.001, 4);
    expect(r[1]).toBeCloseTo(0.25 / 0.001, 2);
    expect(r[2]).toBe(0);
  });

  it("averages over rows and tensors", () => {
    const delta = weights({ w: { shape: [2, 2], data: [1, 3, 2, 2] } });
    const fisher = weights({ w: { shape: [2, 2], data: [1, 1, 1, 1] } });
    const of = (granularity: "row" | "tensor") =>
      [...indicator(delta, fisher, { granularity, relativeEpsilon: 0 }).get("w")!.data].map(
        (x) => Math.round(x * 1e3) / 1e3,
      );
    expect(of("row")).toEqual([5, 5, 4, 4]);
    expect(of("tensor")).toEqual([4.5, 4.5, 4.5, 4.5]);
  });

  it("refuses missing and negative Fisher values", () => {
    const code = (code: string) => expect.objectContaining({ code });
    expect(() => indicator(vector(1), vector(1, 2))).toThrow(code("ERR_SHAPE"));
    expect(() => indicator(vector(1), new Map())).toThrow(code("ERR_SHAPE"));
    expect(() => indicator(vector(1), vector(-1))).toThrow(code("ERR_NOT_FINITE"));
  });
});

describe("diff", () => {
  it("names weights that only one checkpoint has, shapes that differ, and numbers that are not finite", () => {
    expect(() => diff(vector(1), weights({ v: { shape: [1], data: [1] } }))).toThrow(
      /only the fine-tuned one has v.*only the initial one has w/,
    );
    expect(() => diff(vector(1), vector(1, 2))).toThrow(
      /w is \[1\] in the initial checkpoint and \[2\]/,
    );
    expect(() => diff(vector(1), vector(Infinity))).toThrow(
      expect.objectContaining({ code: "ERR_NOT_FINITE" }),
    );
  });
});

it.each([
  ["bert.embeddings.word_embeddings.weight", "embeddings"],
  ["bert.embeddings.LayerNorm.bias", "norm"],
  ["roberta.encoder.layer.3.attention.output.dense.weight", "attention"],
  ["roberta.encoder.layer.3.intermediate.dense.bias", "mlp"],
  ["roberta.encoder.layer.3.output.dense.bias", "mlp"],
  ["roberta.encoder.layer.3.output.LayerNorm.weight", "norm"],
  ["bert.pooler.dense.weight", "head"],
  ["classifier.out_proj.weight", "head"],
  ["cls.predictions.bias", "head"],
  ["transformer.h.0.attn.c_attn.weight", "attention"],
  ["transformer.h.0.ln_1.weight", "norm"],
  ["transformer.wte.weight", "embeddings"],
  ["model.layers.0.mlp.up_proj.weight", "mlp"],
  ["model.layers.0.self_attn.q_proj.weight", "attention"],
  ["model.layers.0.input_layernorm.weight", "norm"],
  ["model.norm.weight", "norm"],
  ["something", "other"],
] as const)("finds that %s is of the %s", (name, part) => {
  expect(partOfModel(name)).toBe(part);
});
