import { checkpoint, Generator, tensor } from "@deepgrain/tensor-gpu";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dropTokens, limitCapacity } from "../src";
import { applyDrops } from "../src/drop/apply-drops";
import { expectError, ints, layerOf, normal, numbers, reportOf } from "./support";

/** Three tokens, two of four experts each; device 0 has experts 0 and 1, device 1 the others. */
const choices = {
  ids: [0, 1, 1, 2, 0, 3],
  affinities: [0.6, 0.2, 0.5, 0.3, 0.4, 0.1],
  topK: 2,
  experts: 4,
};

describe("dropTokens", () => {
  it("drops the lowest affinities of an overloaded device down to the mean load", () => {
    expect(dropTokens(choices, { devices: 2 })).toEqual({
      ids: Int32Array.of(0, -1, 1, 2, 0, 3),
      dropped: 1,
      fraction: 1 / 6,
    });
  });

  it("keeps exempt tokens and counts them against the budget", () => {
    const isExempt = (token: number) => token === 0;
    expect([...dropTokens(choices, { devices: 2, isExempt }).ids]).toEqual([0, 1, 1, 2, -1, 3]);
  });

  it("drops nothing more than it may when all are exempt", () => {
    const result = dropTokens(choices, { devices: 2, isExempt: () => true });
    expect(result.dropped).toBe(0);
  });

  it("drops the later token of equals first", () => {
    const equal = { ids: [0, 0, 0, 1], affinities: [0.5, 0.5, 0.5, 0.5], topK: 1, experts: 2 };
    expect([...dropTokens(equal, { devices: 2 }).ids]).toEqual([0, 0, -1, 1]);
  });

  it("leaves no device above its budget and keeps the best", () => {
    const row = fc.tuple(fc.integer({ min: 0, max: 7 }), fc.integer({ min: 0, max: 1000 }));
    fc.assert(
      fc.property(
        fc.array(row, { maxLength: 40 }),
        fc.constantFrom(1, 2, 4, 8),
        (rows, devices) => {
          const ids = rows.map(([id]) => id);
          const affinities = rows.map(([, a]) => a);
          const result = dropTokens({ ids, affinities, topK: 1, experts: 8 }, { devices });
          const budget = Math.ceil(ids.length / devices);
          const deviceOf = (id: number) => Math.floor((id * devices) / 8);
          for (let device = 0; device < devices; device++) {
            const kept = ids.filter((id, i) => deviceOf(id) === device && result.ids[i] !== -1);
            const lost = affinities.filter(
              (_, i) => deviceOf(ids[i]!) === device && result.ids[i] === -1,
            );
            const worst = Math.min(
              ...affinities.filter((_, i) => deviceOf(ids[i]!) === device && result.ids[i] !== -1),
            );
            expect(kept.length).toBeLessThanOrEqual(budget);
            if (lost.length > 0) expect(kept.length).toBe(budget);
            for (const affinity of lost) expect(affinity).toBeLessThanOrEqual(worst);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it("handles no tokens", () => {
    const none = { ids: [], affinities: [], topK: 2, experts: 4 };
    expect(dropTokens(none, { devices: 2 })).toEqual({
      ids: Int32Array.of(),
      dropped: 0,
      fraction: 0,
    });
  });

  it("refuses what does not fit", () => {
    expectError("ERR_RANGE", /3 devices must divide 4/, () => dropTokens(choices, { devices: 3 }));
    expectError("ERR_SHAPE", /affinities/, () =>
      dropTokens({ ...choices, affinities: [1] }, { devices: 2 }),
    );
    expectError("ERR_RANGE", /id must be a whole number from -1 to 3, got 4/, () =>
      dropTokens({ ...choices, ids: [0, 1, 1, 2, 0, 4] }, { devices: 2 }),
    );
    expectError("ERR_RANGE", /capacityFactor/, () =>
      dropTokens(choices, { devices: 2, capacityFactor: -1 }),
    );
  });
});

describe("limitCapacity", () => {
  it("serves first choices before second ones, in order of tokens", () => {
    const crowded = {
      ids: [0, 1, 1, 0, 0, 1, 1, 0],
      affinities: new Float32Array(8),
      topK: 2,
      experts: 2,
    };
    expect([...limitCapacity(crowded, { capacityFactor: 0.5 }).ids]).toEqual([
      0, -1, 1, -1, 0, -1, 1, -1,
    ]);
    expect(limitCapacity(crowded, { capacityFactor: 1 }).dropped).toBe(0);
  });
});

describe("a layer that drops", () => {
  const drop = { tokens: { devices: 5, exemptShare: 0 } };
  const x = () => normal([4, 5, 6], 3);

  it("reports the share, drops in training only, and repeats itself for a seed", () => {
    const make = () => layerOf({ drop, dropGenerator: new Generator(5) });
    const [a, b] = [make(), make()];
    let ya: number[] = [];
    const { droppedFraction } = reportOf(a, () => {
      ya = numbers(a.forward(x()));
    });
    expect(droppedFraction).toBeGreaterThan(0);
    expect(numbers(b.forward(x()))).toEqual(ya);
    const plain = numbers(layerOf().forward(x()));
    expect(ya).not.toEqual(plain);
    const evaluated = reportOf(a.eval(), () => expect(numbers(a.forward(x()))).toEqual(plain));
    expect(evaluated.droppedFraction).toBe(0);
  });

  it("has the gradients under checkpointing that it has without, and reports a pass once", () => {
    const run = (seed: number, wrap: boolean) => {
      const layer = layerOf({
        drop: { tokens: { devices: 5, capacityFactor: 0.5, exemptShare: 0.4 } },
        dropGenerator: new Generator(seed),
      });
      let reports = 0;
      layer.onRoute(() => void reports++);
      const x = normal([12, 5, 6], 4).requireGrad();
      const y = wrap
        ? checkpoint((rows) => layer.forward(rows), [x], layer.parameters())
        : layer.forward(x);
      y.square().sum().backward();
      const gradients = [x, ...layer.parameters()].map(({ grad }) => numbers(grad!));
      return { gradients, reports };
    };
    for (let seed = 0; seed < 20; seed++) expect(run(seed, true)).toEqual(run(seed, false));
  });

  it("exempts whole sequences, drawn anew from the seed, and drops more of the others", () => {
    const x = normal([12, 5, 6], 4);
    const plain = numbers(layerOf().forward(x));
    const keptOf = (seed: number, exemptShare: number) => {
      const layer = layerOf({
        drop: { tokens: { devices: 5, capacityFactor: 0.5, exemptShare } },
        dropGenerator: new Generator(seed),
      });
      const y = numbers(layer.forward(x));
      return Array.from({ length: 12 }, (_, row) =>
        y.slice(row * 30, row * 30 + 30).every((value, i) => value === plain[row * 30 + i]),
      );
    };
    expect(keptOf(1, 0)).not.toContain(true); // half of all choices go, so every sequence loses some
    const exempt = keptOf(1, 0.4);
    expect(exempt.filter(Boolean).length).toBeGreaterThan(0);
    expect(exempt.filter(Boolean).length).toBeLessThan(12);
    expect(keptOf(1, 0.4)).toEqual(exempt);
    expect([2, 3, 4].some((seed) => keptOf(seed, 0.4).join() !== exempt.join())).toBe(true);
  });

  it("gives GShard's experts room for 2·tokens/experts choices, however many seconds are drawn", () => {
    const gate = {
      ids: ints([
        [0, 1],
        [0, 1],
        [0, 1],
        [0, 1],
      ]),
      weights: tensor([0.9, 0.1, 0.9, 0.1, 0.9, 0, 0.9, 0], { shape: [4, 2] }),
      scores: tensor([0.9, 0.1, 0.9, 0.1, 0.9, 0.1, 0.9, 0.1], { shape: [4, 2] }),
    };
    const drop = { randomSecond: true, expertCapacity: 1 };
    for (let seed = 0; seed < 20; seed++) {
      const { ids } = applyDrops(gate, drop, 1, new Generator(seed));
      // Two seconds have weight 0 and always go; C = 2·4/2 = 4 holds all four first choices.
      expect(numbers(ids).filter((id) => id === 0)).toHaveLength(4);
    }
  });

  it("keeps everything when all sequences are exempt", () => {
    const layer = layerOf({ drop: { tokens: { devices: 5, exemptShare: 1 } } });
    const { droppedFraction } = reportOf(layer, () =>
      expect(numbers(layer.forward(x()))).toEqual(numbers(layerOf().forward(x()))),
    );
    expect(droppedFraction).toBe(0);
  });

  it("leaves shared experts and the weights of the others alone", () => {
    const layer = layerOf({ drop: { expertCapacity: 0 } });
    const shared = layer.sharedExperts!.forward(x().reshape([20, 6]));
    expect(numbers(layer.forward(x()))).toBeAllclose(numbers(shared));
  });

  it("counts balance losses before dropping", () => {
    const [dropping, plain] = [layerOf({ drop }), layerOf()];
    const reports = [dropping, plain].map((layer) => reportOf(layer, () => layer.forward(x())));
    expect(reports[0]!.auxLoss).toEqual(reports[1]!.auxLoss);
    expect(reports[0]!.counts).toEqual(reports[1]!.counts);
  });

  it("takes some second experts at random as GShard did", () => {
    const layer = layerOf({
      normTopkProb: true,
      drop: { randomSecond: true },
      dropGenerator: new Generator(2),
    });
    const { droppedFraction } = reportOf(layer, () => layer.forward(normal([1, 200, 6], 9, 3)));
    expect(droppedFraction).toBeGreaterThan(0.02);
    expect(droppedFraction).toBeLessThan(0.5);
    expectError("ERR_RANGE", /randomSecond needs topK 2/, () =>
      layerOf({ topK: 3, drop: { randomSecond: true } }),
    );
  });
});
