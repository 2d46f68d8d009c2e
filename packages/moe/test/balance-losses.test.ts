import { softmax, tensor } from "@deepgrain/tensor-gpu";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  attachLoss,
  communicationBalanceLoss,
  deviceBalanceLoss,
  expertBalanceLoss,
  maxViolation,
  routingShares,
  topKGate,
} from "../src";
import { choiceCounts } from "../src/balance/routing-shares";
import { differences, expectError, ints, normal, numbers } from "./support";

const logits = () =>
  tensor([
    [2, 1, 0, -1],
    [0, 3, 1, 0.5],
    [1, 0.5, 2, 0],
  ]);
const gateOf = () => topKGate(logits(), { experts: 4, topK: 2 });
const close = { rtol: 0, atol: 2e-6 };

describe("routingShares", () => {
  it("gives the worked example's counts, fractions and probabilities", () => {
    const gate = gateOf();
    const shares = routingShares(gate);
    expect(numbers(choiceCounts(gate.ids, 4))).toEqual([2, 2, 2, 0]);
    expect(numbers(shares.fractions)).toBeAllclose([4 / 3, 4 / 3, 4 / 3, 0]);
    expect(numbers(shares.probabilities)).toBeAllclose(
      [0.298767, 0.38509, 0.257734, 0.05841],
      close,
    );
  });

  it("takes one row a sequence", () => {
    const shares = routingShares(topKGate(normal([6, 4]), { experts: 4, topK: 2 }), {
      sequences: 3,
    });
    expect(shares.fractions.shape).toEqual([3, 4]);
    expect(numbers(shares.fractions.sum({ dim: 1 }))).toBeAllclose([4, 4, 4]);
    expect(numbers(shares.probabilities.sum({ dim: 1 }))).toBeAllclose([1, 1, 1], { atol: 1e-6 });
  });

  it("leaves masked tokens out as if they were not there", () => {
    const values = normal([4, 4], 5);
    const tokenMask = tensor(Int32Array.of(1, 0, 1, 1));
    const config = { experts: 4, topK: 2 };
    const masked = routingShares(topKGate(values, config, { tokenMask }), { tokenMask });
    const kept = values.indexSelect(0, tensor(Int32Array.of(0, 2, 3)));
    const without = routingShares(topKGate(kept, config));
    expect(numbers(masked.fractions)).toBeAllclose(numbers(without.fractions));
    expect(numbers(masked.probabilities)).toBeAllclose(numbers(without.probabilities), {
      atol: 1e-6,
    });
    expect(numbers(masked.tokens)).toEqual([3]);
  });

  it("normalises sigmoid scores over all experts", () => {
    const gate = topKGate(logits(), { experts: 4, topK: 2, scoring: "sigmoid" });
    const shares = routingShares(gate, { scoring: "sigmoid" });
    expect(numbers(shares.probabilities.sum())).toBeAllclose([1], { atol: 1e-6 });
  });

  it("refuses sequences and masks that do not fit", () => {
    expectError("ERR_RANGE", /2 sequences must divide 3 tokens/, () =>
      routingShares(gateOf(), { sequences: 2 }),
    );
    expectError("ERR_SHAPE", /tokenMask/, () =>
      routingShares(gateOf(), { tokenMask: tensor(Int32Array.of(1)) }),
    );
  });
});

describe("balance losses", () => {
  it("give the worked example's values", () => {
    const gate = gateOf();
    const shares = routingShares(gate);
    expect(numbers(expertBalanceLoss(shares, { alpha: 1 }))).toBeAllclose([1.255454], close);
    expect(numbers(deviceBalanceLoss(shares, { devices: 2, alpha: 1 }))).toBeAllclose(
      [1.122571],
      close,
    );
    expect(
      numbers(communicationBalanceLoss(gate, shares, { devices: 2, limit: 2, alpha: 1 })),
    ).toBeAllclose([0.894619], close);
  });

  it("count a token as sent wherever its only choice stands", () => {
    const { scores } = gateOf();
    const lossOf = (rows: number[][]) => {
      const ids = ints(rows);
      const shares = routingShares({ ids, scores });
      return numbers(communicationBalanceLoss({ ids }, shares, { devices: 2, alpha: 1 }));
    };
    const others = [
      [1, 2],
      [3, -1],
    ];
    const [before, behind] = [
      [0, -1],
      [-1, 0],
    ].map((row) => lossOf([row, ...others]));
    expect(before).toEqual(behind);
    expect(before![0]).toBeGreaterThan(0);
  });

  it("are alpha when every expert is wanted and chosen alike", () => {
    const ids = ints([
      [0, 1],
      [2, 3],
    ]);
    const shares = routingShares({
      ids,
      scores: softmax(
        tensor([
          [0, 0, 0, 0],
          [0, 0, 0, 0],
        ]),
      ),
    });
    expect(numbers(expertBalanceLoss(shares, { alpha: 0.003 }))).toBeAllclose([0.003]);
    expect(numbers(deviceBalanceLoss(shares, { devices: 2, alpha: 0.05 }))).toBeAllclose([0.05]);
  });

  it("equal the expert loss when every device has one expert", () => {
    const shares = routingShares(gateOf());
    expect(numbers(deviceBalanceLoss(shares, { devices: 4, alpha: 1 }))).toBeAllclose(
      numbers(expertBalanceLoss(shares, { alpha: 1 })),
    );
  });

  it("average over sequences, empty ones left out", () => {
    const values = normal([6, 4], 8);
    const config = { experts: 4, topK: 2 };
    const tokenMask = tensor(Int32Array.of(1, 1, 0, 0, 1, 1));
    const options = { sequences: 3, tokenMask };
    const whole = expertBalanceLoss(
      routingShares(topKGate(values, config, { tokenMask }), options),
      { alpha: 1 },
    ).itemSync();
    const one = (start: number) =>
      expertBalanceLoss(routingShares(topKGate(values.narrow(0, start, 2), config)), {
        alpha: 1,
      }).itemSync();
    expect([whole]).toBeAllclose([(one(0) + one(4)) / 2], { atol: 1e-6 });
  });

  it("send α f / T to every score and nothing through the counts", () => {
    const scores = softmax(logits()).detach().requireGrad();
    const { ids } = gateOf();
    expertBalanceLoss(routingShares({ ids, scores }), { alpha: 0.5 }).backward();
    const row = [4 / 3, 4 / 3, 4 / 3, 0].map((f) => (0.5 * f) / 3);
    expect(numbers(scores.grad!)).toBeAllclose([...row, ...row, ...row]);
  });

  it.each(["softmax", "sigmoid"] as const)("have the right gradient through %s", (scoring) => {
    const x = normal([6, 4], 9).requireGrad();
    const loss = () => {
      const gate = topKGate(x, { experts: 4, topK: 2, scoring });
      const shares = routingShares(gate, { sequences: 2, scoring });
      return expertBalanceLoss(shares, { alpha: 1 })
        .add(deviceBalanceLoss(shares, { devices: 2, alpha: 2 }))
        .add(communicationBalanceLoss(gate, shares, { devices: 2, alpha: 3 }));
    };
    loss().backward();
    const wanted = differences(x, () => loss().itemSync());
    expect(numbers(x.grad!)).toBeAllclose(wanted, { rtol: 2e-2, atol: 2e-3 });
  });

  it("refuse negative alphas and devices that do not divide", () => {
    const gate = gateOf();
    const shares = routingShares(gate);
    expectError("ERR_RANGE", /alpha must be a finite number of at least 0, got -1/, () =>
      expertBalanceLoss(shares, { alpha: -1 }),
    );
    expectError("ERR_RANGE", /3 devices must divide 4 experts/, () =>
      deviceBalanceLoss(shares, { devices: 3, alpha: 1 }),
    );
    expectError("ERR_RANGE", /limit must be a whole number from 1 to 2, got 3/, () =>
      communicationBalanceLoss(gate, shares, { devices: 2, limit: 3, alpha: 1 }),
    );
  });
});

describe("attachLoss", () => {
  it("changes no value, adds the loss's gradient", () => {
    const x = tensor([1, 2]).requireGrad();
    const w = tensor([3]).requireGrad();
    const y = attachLoss(x.mul(2), w.square().sum(), { scale: 0.5 });
    expect(numbers(y)).toEqual([2, 4]);
    y.sum().backward();
    expect(numbers(x.grad!)).toEqual([2, 2]);
    expect(numbers(w.grad!)).toEqual([3]);
  });

  it("works where the output itself wants no gradient", () => {
    const w = tensor([3]).requireGrad();
    attachLoss(tensor([1, 2]), w.mul(2).sum())
      .sum()
      .backward();
    expect(numbers(w.grad!)).toEqual([2]);
  });

  it("refuses a loss of several elements", () => {
    expectError("ERR_SHAPE", /one element, got shape \[2\]/, () =>
      attachLoss(tensor([1]), tensor([1, 2])),
    );
  });
});

describe("maxViolation", () => {
  it("gives the worked example's value", () => {
    expect(maxViolation([2, 2, 2, 0])).toBeCloseTo(1 / 3, 12);
  });

  it("is 0 in balance and without choices, experts − 1 when one takes all", () => {
    expect(maxViolation([5, 5, 5])).toBe(0);
    expect(maxViolation([0, 0])).toBe(0);
    expect(maxViolation([0, 9, 0, 0])).toBe(3);
  });

  it("does not depend on scale or order", () => {
    const counts = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(counts, (values) => {
        const scaled = [...values].reverse().map((count) => 4 * count);
        expect([maxViolation(scaled)]).toBeAllclose([maxViolation(values)]);
      }),
    );
  });

  it("refuses no experts and bad counts", () => {
    expectError("ERR_RANGE", /no experts/, () => maxViolation([]));
    expectError("ERR_RANGE", /got NaN for expert 1/, () => maxViolation([1, Number.NaN]));
  });
});
