import { nn, setBackend, tensor, tidy } from "@deepgrain/tensor-gpu";
import { beforeEach, describe, expect, it } from "vitest";
import { logpsOf, sequenceLogps } from "../src";
import { expectClose } from "./support/golden";
import { tinyModel } from "./support/tiny-model";

beforeEach(() => {
  setBackend("js");
});

describe("logpsOf", () => {
  it("gives each labelled token to the place before it, and never predicts the first", () => {
    const logits = nn.parameter(
      tensor([
        [
          [0, Math.log(3)],
          [Math.log(2), 0],
          [9, 9],
        ],
      ]),
    );
    const { sums, tokens, counts, mask } = logpsOf(logits, {
      ids: [0, 1, 0],
      labels: [0, 1, 0],
      batch: 1,
      length: 3,
    });
    expectClose(tokens, [Math.log(3 / 4), Math.log(2 / 3), 0]);
    expectClose(sums, [Math.log(1 / 2)]);
    expect([...counts]).toEqual([2]);
    expect([...mask]).toEqual([1, 1, 0]);
  });

  it("counts nothing that has the label −100 or is masked", () => {
    const logits = tensor([
      [
        [0, 0],
        [0, 0],
        [0, 0],
      ],
    ]);
    const batch = { ids: [0, 1, 0], batch: 1, length: 3 };
    expectClose(logpsOf(logits, { ...batch, labels: [0, -100, 0] }).tokens, [0, -Math.LN2, 0]);
    const masked = logpsOf(logits, { ...batch, attentionMask: [1, 1, 0] });
    expectClose(masked.tokens, [-Math.LN2, 0, 0]);
    expect([...masked.counts]).toEqual([1]);
  });

  it("refuses logits of another size", () => {
    const batch = { ids: [0, 1], batch: 1, length: 2 };
    expect(() => logpsOf(tensor([[[0, 0]]]), batch)).toThrow(
      /logits must have shape \[1, 2, vocabulary\]/,
    );
  });
});

describe("sequenceLogps", () => {
  it("is minus the model's loss times the tokens, whatever padding stands beside", () => {
    const model = tinyModel(3);
    const short = { ids: [1, 5, 7, 2], batch: 1, length: 4 };
    const padded = {
      ids: [1, 5, 7, 2, 0, 0, 1, 4, 4, 9, 2, 3],
      labels: [-100, 5, 7, 2, -100, -100, -100, -100, 4, 9, 2, 3],
      attentionMask: [1, 1, 1, 1, 0, 0, 1, 1, 1, 1, 1, 1],
      batch: 2,
      length: 6,
    };
    tidy(() => {
      const alone = sequenceLogps(model, short);
      expectClose(alone.sums, [-3 * model.loss(short).itemSync()]);
      const { sums, counts } = sequenceLogps(model, padded);
      expect([...counts]).toEqual([3, 4]);
      expectClose(sums.narrow(0, 0, 1), [...alone.sums.dataSync()]);
    });
  });
});
