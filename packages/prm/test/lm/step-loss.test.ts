import { readFileSync } from "node:fs";
import { backward, nn, tensor } from "@deepgrain/tensor-gpu";
import { shared, sharedIsMissing } from "@deepgrain/vitest/shared";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stepLoss, tagLoss } from "../../src/lm/step-loss";

describe("stepLoss", () => {
  it("is the mean of −y ln r − (1 − y) ln(1 − r), soft labels in proportion", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            fc.double({ min: -8, max: 8, noNaN: true }),
            fc.double({ min: 0, max: 1, noNaN: true }),
          ),
          {
            minLength: 1,
            maxLength: 6,
          },
        ),
        (pairs) => {
          const logits = tensor(Float32Array.from(pairs, ([l]) => l));
          const labels = pairs.map(([, y]) => y);
          const loss = stepLoss(
            logits,
            labels,
            labels.map(() => 1 / labels.length),
          ).itemSync();
          const expected = pairs.map(([l, y]) => {
            const r = 1 / (1 + Math.exp(-l));
            return -y * Math.log(r) - (1 - y) * Math.log(1 - r);
          });
          const mean = expected.reduce((a, b) => a + b, 0) / expected.length;
          expect([loss]).toBeAllclose([mean], { rtol: 1e-4, atol: 1e-5 });
        },
      ),
      { numRuns: 50 },
    );
  });

  it("stays finite where the probability rounds to 0 or 1", () => {
    const logits = nn.parameter(tensor([200, -200]));
    const loss = stepLoss(logits, [0, 1], [0.5, 0.5]);
    backward(loss);
    expect(loss.itemSync()).toBe(200);
    expect(logits.grad!.dataSync()).toBeAllclose([0.5, -0.5], { rtol: 1e-6, atol: 0 });
  });

  it("refuses labels or weights of another number, and none at all", () => {
    const logits = tensor([0.5, 1]);
    expect(() => stepLoss(logits, [1], [1, 1])).toThrow(/2 scores need as many labels/);
    expect(() => stepLoss(tensor(new Float32Array(0)), [], [])).toThrow(/at least one/);
  });
});

describe("tagLoss", () => {
  it("is the cross-entropy over the vocabulary against the good or the bad token", () => {
    const outputs = tensor([1, 2, 3, 0.5, -1, 0], { shape: [2, 3] });
    const loss = tagLoss(outputs, [1, 0.25], [0.5, 0.5], { goodTokenId: 2, badTokenId: 0 });
    const log = (row: number[], id: number) =>
      row[id]! - Math.log(row.reduce((sum, x) => sum + Math.exp(x), 0));
    const [a, b] = [
      [1, 2, 3],
      [0.5, -1, 0],
    ];
    const expected = -0.5 * log(a!, 2) - 0.5 * (0.25 * log(b!, 2) + 0.75 * log(b!, 0));
    expect([loss.itemSync()]).toBeAllclose([expected], { rtol: 1e-6, atol: 0 });
  });
});

describe.skipIf(sharedIsMissing)("TRL's token classification", () => {
  const { prm } = JSON.parse(
    sharedIsMissing ? "{}" : readFileSync(shared("golden/rl.json"), "utf8"),
  );

  it("has the same loss and gradient on the tensors of a two-class head", () => {
    for (const { logits, labels, loss, grad_logits } of prm.token_classification) {
      const all: number[] = labels.flat();
      const marked = [...all.keys()].filter((i) => all[i] !== -100);
      const outputs = nn.parameter(tensor(logits.data, { shape: [all.length, 2] }));
      const read = outputs.indexSelect(0, tensor(Int32Array.from(marked)));
      const column = (id: number) => read.narrow(1, id, 1).reshape([marked.length]);
      const made = stepLoss(
        column(1).sub(column(0)),
        marked.map((i) => all[i]!),
        marked.map(() => 1 / marked.length),
      );
      backward(made);
      expect([made.itemSync()]).toBeAllclose([loss], { rtol: 1e-6, atol: 0 });
      expect(outputs.grad!.dataSync()).toBeAllclose(grad_logits.data, { rtol: 1e-4, atol: 1e-6 });
    }
  });
});
