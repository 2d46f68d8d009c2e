import { expect, it } from "vitest";
import { isoFlopProfiles } from "../../src/fits/iso-flop";
import { fitIsoFlop } from "../../src/index";
import { deepseekTruth, isoFlopRuns, modelExponent, seeded } from "../support/synthetic";

it("finds both exponents within 0.01 in at least 95 of 100 draws with 0.05 % of noise", () => {
  const truth = modelExponent(deepseekTruth);
  const near = Array.from({ length: 100 }, (_, i) => {
    const { allocation } = fitIsoFlop(
      isoFlopRuns(deepseekTruth, { noise: 0.0005, random: seeded(i + 1) }),
    );
    const { model, data } = allocation;
    return (
      Math.abs(model.exponent - truth) <= 0.01 && Math.abs(data.exponent - (1 - truth)) <= 0.01
    );
  });
  expect(near.filter(Boolean).length).toBeGreaterThanOrEqual(95);
});

it("finds DeepSeek's law itself: k to 5 %, a to 0.001, without noise", () => {
  const { model } = fitIsoFlop(
    isoFlopRuns(deepseekTruth, { noise: 0, random: seeded(1) }),
  ).allocation;
  expect([model.exponent]).toBeAllclose([0.5243], { rtol: 0, atol: 1e-3 });
  expect([model.coefficient]).toBeAllclose([0.1715], { rtol: 0.05 });
});

it("flags budgets whose sizes were chosen beside the optimum, and fits the others", () => {
  const runs = isoFlopRuns(deepseekTruth, { noise: 0.0005, random: seeded(2) });
  // At the two highest budgets only the four sizes above the optimum were run.
  const high = runs.slice(-18).filter((_, i) => i % 9 >= 5);
  const table = [...runs.slice(0, -18), ...high];
  expect(isoFlopProfiles(table).map(({ status }) => status)).toEqual([
    "ok",
    "ok",
    "ok",
    "ok",
    "ok",
    "ok",
    "vertex-outside",
    "vertex-outside",
  ]);
  const { exponent } = fitIsoFlop(table).allocation.model;
  expect([exponent]).toBeAllclose([modelExponent(deepseekTruth)], { rtol: 0, atol: 0.01 });
});
