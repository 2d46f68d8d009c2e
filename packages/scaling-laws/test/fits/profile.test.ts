import { describe, expect, it } from "vitest";
import { groupByBudget } from "../../src/fits/budgets";
import { isoFlopProfiles } from "../../src/fits/iso-flop";
import { fitIsoFlop, type Run } from "../../src/index";
import { deepseekTruth, isoFlopRuns, seeded } from "../support/synthetic";

/** Runs of one budget at M = e^x with the losses given. */
const runsOf = (losses: readonly [x: number, loss: number][], flops = 1e6): Run[] =>
  losses.map(([x, loss]) => ({ flops, model: Math.exp(x), tokens: flops / Math.exp(x), loss }));

describe("isoFlopProfiles", () => {
  it("finds the vertex of a parabola worked by hand: 2 + (x − 3)²/10", () => {
    const [profile] = isoFlopProfiles(
      runsOf([
        [1, 2.4],
        [2, 2.1],
        [3.5, 2.025],
        [5, 2.4],
      ]),
    );
    expect(profile!.status).toBe("ok");
    const { model, tokens, flops, loss } = profile!.optimum!;
    expect([model, tokens, flops, loss]).toBeAllclose([Math.exp(3), 1e6 / Math.exp(3), 1e6, 2]);
  });

  it("flags a parabola that opens downwards", () => {
    const [profile] = isoFlopProfiles(
      runsOf([
        [1, 2],
        [2, 2.3],
        [3, 2.3],
        [4, 2],
      ]),
    );
    expect(profile).toMatchObject({ status: "opens-downwards", optimum: null });
  });

  it("flags a vertex outside the sizes that were run, on either side", () => {
    const right = runsOf([
      [1, 16],
      [2, 9],
      [3, 4],
      [4, 1],
    ]); // (x − 5)²
    const left = runsOf([
      [1, 1],
      [2, 4],
      [3, 9],
      [4, 16],
    ]); // x²
    expect(isoFlopProfiles(right)[0]).toMatchObject({ status: "vertex-outside", optimum: null });
    expect(isoFlopProfiles(left)[0]).toMatchObject({ status: "vertex-outside", optimum: null });
  });

  it("flags a budget with too few sizes; seeds and settings of one size count once", () => {
    const three = runsOf([
      [1, 2.4],
      [2, 2.1],
      [4, 2.1],
    ]);
    const again = three.map((run, i) => ({ ...run, seed: i }));
    const [profile] = isoFlopProfiles([...three, ...again]);
    expect(profile).toMatchObject({ status: "too-few-sizes", parabola: null, optimum: null });
    expect(profile!.loss).toHaveLength(3);
  });

  it("takes the best setting of a size, its seeds averaged", () => {
    const runs = runsOf([
      [1, 2.4],
      [2, 2.1],
      [3, 2],
      [5, 2.4],
    ]);
    const [first] = runs as [Run];
    const worse = { ...first, lr: 1, loss: 3 };
    const seeds = [
      { ...first, lr: 2, seed: 1, loss: 2.2 },
      { ...first, lr: 2, seed: 2, loss: 2.4 },
    ];
    const [profile] = isoFlopProfiles([...runs, worse, ...seeds]);
    expect(profile!.loss).toBeAllclose([2.3, 2.1, 2, 2.4]);
  });
});

describe("groupByBudget", () => {
  it("joins runs whose FLOPs differ by rounding, and prefers the budget that is given", () => {
    const run = { model: 1, tokens: 1, loss: 1 };
    const groups = groupByBudget([
      { ...run, flops: 1.02e6 },
      { ...run, flops: 1e6 },
      { ...run, flops: 3e6 },
      { ...run, flops: 9e6, budget: 3e6 },
    ]);
    expect(groups.map(({ runs }) => runs.length)).toEqual([2, 2]);
    expect(groups.map(({ budget }) => budget)).toBeAllclose([Math.sqrt(1.02) * 1e6, 3e6]);
  });
});

describe("fitIsoFlop", () => {
  const clean = isoFlopRuns(deepseekTruth, { noise: 0, random: seeded(1) });

  it("gives exponents that sum to 1 and coefficients that multiply to 1 where C = M·D", () => {
    const { model, data } = fitIsoFlop(clean).allocation;
    expect([model.exponent + data.exponent]).toBeAllclose([1], { rtol: 1e-9 });
    expect([model.coefficient * data.coefficient]).toBeAllclose([1], { rtol: 1e-6 });
  });

  it("leaves flagged budgets out: a broken one changes nothing", () => {
    const model = (i: number) => Math.exp(20 + i);
    const broken = [2, 2.3, 2.3, 2].map((loss, i) => ({
      flops: 1e21,
      model: model(i),
      tokens: 1e21 / model(i),
      loss,
    }));
    const fit = fitIsoFlop([...clean, ...broken]);
    expect(fit.profiles.at(-1)!.status).toBe("opens-downwards");
    expect(fit.allocation).toEqual(fitIsoFlop(clean).allocation);
  });

  it("says what is missing with one budget, and which profiles were left out", () => {
    const one = runsOf([
      [1, 2.4],
      [2, 2.1],
      [3.5, 2.025],
      [5, 2.4],
    ]);
    expect(() => fitIsoFlop(one)).toThrow(
      expect.objectContaining({
        code: "ERR_TOO_FEW",
        message: expect.stringContaining("1 of 1 budgets have a usable profile, 5 are needed"),
      }),
    );
    const down = runsOf(
      [
        [1, 2],
        [2, 2.3],
        [3, 2.3],
        [4, 2],
      ],
      1e7,
    );
    expect(() => fitIsoFlop([...one, ...down])).toThrow(
      "left out: 1.00e+7 FLOPs: opens-downwards, 4 sizes",
    );
  });

  it("names the run and key of a loss that is NaN", () => {
    const bad = clean.map((run, i) => (i === 3 ? { ...run, loss: Number.NaN } : run));
    expect(() => fitIsoFlop(bad)).toThrow("runs[3].loss must be a finite number above 0, got NaN");
  });

  it("refuses limits that no fit can keep, and losses of two units", () => {
    expect(() => fitIsoFlop(clean, { minBudgets: 1 })).toThrow(
      /minBudgets must be a whole number of at least 2/,
    );
    expect(() => fitIsoFlop(clean, { minSizes: 3 })).toThrow(
      /minSizes must be a whole number of at least 4/,
    );
    const mixed = clean.map((run, i) => (i === 1 ? { ...run, unit: "bpb" as const } : run));
    expect(() => fitIsoFlop(mixed)).toThrow(expect.objectContaining({ code: "ERR_ARGUMENT" }));
  });
});
