import { describe, expect, it } from "vitest";
import { detectionRates, evaluate, evaluationLines } from "../../src";
import { rejectionThreshold } from "../../src/metrics/detection";

const rows = [0, 0, 1, 1, 2].map((label) => ({ label }));
const always = (answer: number) => async (given: readonly unknown[]) => given.map(() => answer);

describe("evaluate", () => {
  it("leaves rows of the target class out of ASR, and says so", async () => {
    const found = await evaluate(always(0), {
      clean: rows,
      triggered: rows,
      target: 0,
      biased: rows,
    });
    expect([found.acc!.value, found.asr!.value, found.bacc!.value]).toEqual([0.4, 1, 0.4]);
    expect([found.acc!.size, found.asr!.size]).toEqual([5, 3]);
    expect(evaluationLines(found)).toEqual([
      "ACC 40.0 % of 5 (all clean test rows)",
      "ASR 100.0 % of 3 (triggered test rows whose true label is not the target class 0)",
      "BACC 40.0 % of 5 (test rows with the bias pattern)",
    ]);
    expect(await evaluate(always(1), { triggered: rows, target: 0 })).toMatchObject({
      asr: { value: 0 },
    });
  });

  it("refuses empty subsets, triggers without a target, and too few answers", async () => {
    await expect(evaluate(always(0), { clean: [] })).rejects.toMatchObject({ code: "ERR_DATA" });
    await expect(
      evaluate(always(0), { triggered: [{ label: 0 }], target: 0 }),
    ).rejects.toMatchObject({ code: "ERR_DATA" });
    await expect(evaluate(always(0), { triggered: rows })).rejects.toMatchObject({
      code: "ERR_ARGUMENT",
    });
    await expect(evaluate(async () => [], { clean: rows })).rejects.toMatchObject({
      code: "ERR_SHAPE",
    });
  });
});

describe("detectionRates", () => {
  it("counts what was rejected and what was let through", () => {
    const found = detectionRates(
      [true, true, false, false, false],
      [true, false, true, false, false],
    );
    expect(found).toEqual({ frr: 1 / 3, far: 0.5, precision: 0.5, recall: 0.5 });
    expect(detectionRates([false, false], [true, false]).precision).toBeNull();
  });

  it("refuses lengths that differ and one-sided sets", () => {
    expect(() => detectionRates([true], [])).toThrow(
      expect.objectContaining({ code: "ERR_SHAPE" }),
    );
    expect(() => detectionRates([true], [true])).toThrow(
      expect.objectContaining({ code: "ERR_DATA" }),
    );
  });
});

it("finds the threshold below which a share of clean scores lies", () => {
  expect(rejectionThreshold([4, 1, 3, 2], 0.5)).toBe(3);
  expect(rejectionThreshold([4, 1, 3, 2], 0)).toBe(1);
  expect(() => rejectionThreshold([], 0.1)).toThrow(expect.objectContaining({ code: "ERR_DATA" }));
  expect(() => rejectionThreshold([1], 2)).toThrow(expect.objectContaining({ code: "ERR_RANGE" }));
});
