import { optim, tidy } from "@deepgrain/tensor-gpu";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ExpertConfig, freezeExcept } from "../src";
import { trainedWeights } from "../src/selection/trained-weights";
import { changedNames, snapshot, TinyModel } from "./support/tiny-model";

const ids = [
  [1, 2, 3, 4, 5],
  [6, 7, 8, 9, 10],
];
const targets = [
  [2, 3, 4, 5, 6],
  [7, 8, 9, 10, 11],
];

function step(model: TinyModel): number {
  const optimizer = new optim.AdamW(model.parameters(), { lr: 0.1, weightDecay: 0.1 });
  tidy(() => {
    model.loss(ids, targets).backward();
    optimizer.step({ maxGradNorm: 1 });
    optimizer.zeroGrad();
  });
  const { stateBytes } = optimizer;
  optimizer.dispose();
  return stateBytes;
}

const config = (
  experts: [number, number[]][],
  flags: Partial<ExpertConfig> = {},
): ExpertConfig => ({
  experts: new Map(experts),
  sharedExperts: false,
  nonExpertModules: false,
  ...flags,
});

describe("freezeExcept", () => {
  it("lets one training step change the selected weights only, whatever the configuration", async () => {
    const some = fc.subarray([0, 1, 2, 3, 4], { minLength: 0 });
    await fc.assert(
      fc.asyncProperty(
        some,
        some,
        fc.boolean(),
        fc.boolean(),
        fc.integer({ min: 1, max: 1000 }),
        async (first, second, sharedExperts, nonExpertModules, seed) => {
          fc.pre(first.length + second.length > 0 || sharedExperts || nonExpertModules);
          const model = new TinyModel({ seed });
          const chosen = config(
            [
              [1, first],
              [2, second],
            ],
            { sharedExperts, nonExpertModules },
          );
          freezeExcept(model, chosen);
          const before = await snapshot(model);
          step(model);
          const changed = changedNames(before, await snapshot(model));
          const allowed = trainedWeights(model.weightNames(), chosen);
          expect(allowed).toEqual(expect.arrayContaining(changed));
          expect(changed.length).toBeGreaterThan(0);
          model.dispose();
        },
      ),
      { numRuns: 15 },
    );
  });

  it("really trains what is selected", async () => {
    const model = new TinyModel({ topK: 5 });
    const chosen = config(
      [
        [1, [3]],
        [2, [0, 4]],
      ],
      { sharedExperts: true },
    );
    freezeExcept(model, chosen);
    const before = await snapshot(model);
    step(model);
    const changed = changedNames(before, await snapshot(model));
    expect(changed.sort()).toEqual(trainedWeights(model.weightNames(), chosen).sort());
    model.dispose();
  });

  it("keeps optimiser state for the trained numbers alone", () => {
    const model = new TinyModel();
    freezeExcept(
      model,
      config([
        [1, [2]],
        [2, []],
      ]),
    );
    expect(step(model)).toBe(2 * 4 * 3 * 6 * 4); // two moments, 4 bytes, three matrices of 6 × 4
    model.dispose();
  });

  it("trains all again when undone, with the balance losses as they were", async () => {
    const model = new TinyModel({ topK: 5 });
    const undo = freezeExcept(
      model,
      config([
        [1, [0]],
        [2, [0]],
      ]),
    );
    expect([...model.moeLayers.values()].map((layer) => layer.auxLoss)).toEqual(["off", "off"]);
    undo();
    expect([...model.moeLayers.values()].map((layer) => layer.auxLoss)).toEqual(["all", "all"]);
    const before = await snapshot(model);
    step(model);
    expect(changedNames(before, await snapshot(model)).length).toBe(model.weightNames().length);
    model.dispose();
  });

  it("keeps balance losses when routers are trained, or when asked", () => {
    const all = config([
      [1, []],
      [2, []],
    ]);
    const model = new TinyModel();
    freezeExcept(model, { ...all, nonExpertModules: true });
    expect(model.moeLayers.get(1)!.auxLoss).toBe("all");
    freezeExcept(model, all, { keepAuxLoss: true });
    expect(model.moeLayers.get(1)!.auxLoss).toBe("all");
    model.dispose();
  });

  it.each([
    [[[1, [0]]], "ERR_MISMATCH", /experts\["2"\] must be there/],
    [
      [
        [1, [0]],
        [2, [5]],
      ],
      "ERR_MISMATCH",
      /experts\["2"\]\[0\] must be an expert from 0 to 4, got 5/,
    ],
    [
      [
        [1, [0]],
        [2, [1, 1]],
      ],
      "ERR_RANGE",
      /experts\["2"\]\[1\] must not repeat expert 1/,
    ],
    [
      [
        [0, [0]],
        [1, [0]],
        [2, [1]],
      ],
      "ERR_MISMATCH",
      /experts\["0"\] must be one of the blocks that route \(1, 2\)/,
    ],
  ] as [[number, number[]][], string, RegExp][])(
    "refuses %j and changes nothing",
    (experts, code, message) => {
      const model = new TinyModel();
      const call = () => freezeExcept(model, config(experts));
      expect(call).toThrow(message);
      expect(call).toThrow(expect.objectContaining({ code }));
      expect([...model.namedParameters()].length).toBe([...model.namedTensors()].length);
      model.dispose();
    },
  );
});
