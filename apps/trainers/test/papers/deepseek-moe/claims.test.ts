import { describe, expect, it } from "vitest";
import { claims, measureOf, variantsOf } from "../../../src/papers/deepseek-moe/claims";
import { claimsTable, claimText } from "../../../src/papers/deepseek-moe/claims-table";
import { gapClosed, judgeClaims, pairs } from "../../../src/papers/deepseek-moe/judge-claims";
import type { TrainingResult } from "../../../src/papers/deepseek-moe/training-result";
import { variants } from "../../../src/papers/deepseek-moe/variants";

const result = (variant: string, seed: number, loss: number): TrainingResult => ({
  variant,
  seed,
  loss,
  parameters: 1000,
  activated: 500,
  flops: 1e6,
  curve: [],
  maxVio: null,
  maxVioBatch: null,
  disabled: [
    { sixteenths: 0, skipped: 0, loss },
    { sixteenths: 2, skipped: 1, loss: loss + 0.5 },
  ],
  withoutShared: null,
  seconds: 1,
});

const many = (variant: string, losses: number[]) =>
  losses.map((loss, i) => result(variant, i + 1, loss));

const judge = (results: TrainingResult[], experiment = "A-1") =>
  judgeClaims(
    claims.filter((claim) => claim.experiment === experiment),
    results,
    { tokensRead: 3000 },
  );

describe("claims", () => {
  it("name variants that exist, and every experiment has some", () => {
    const ids = new Set(variants.map(({ id }) => id));
    expect(ids.size).toBe(variants.length);
    for (const { lower, higher } of claims) {
      expect(ids).toContain(lower.variant);
      expect(ids).toContain(higher.variant);
    }
    for (const id of ["A-1", "A-2", "A-3", "A-4", "A-5", "A-6", "A-10"] as const)
      for (const variant of variantsOf(id)) expect(ids).toContain(variant);
    expect(variantsOf("A-6")).toEqual(["deepseek-moe"]);
    const used = new Set(
      (["A-1", "A-2", "A-3", "A-4", "A-5", "A-6", "A-10"] as const).flatMap(variantsOf),
    );
    expect(used).toEqual(ids);
  });

  it("measure the rise over the own loss, and nothing where nothing was disabled", () => {
    expect(measureOf(result("gshard", 1, 2), "rise2")).toBe(0.5);
    expect(measureOf(result("gshard", 1, 2), "rise4")).toBeNull();
    expect(measureOf(result("gshard", 1, 2), "maxVio")).toBeNull();
  });
});

describe("judgeClaims", () => {
  it("pairs by seed, whatever the order, and leaves unpaired seeds out", () => {
    const low = [result("hash", 3, 1.3), result("hash", 1, 1.1), result("hash", 4, 1.4)];
    const high = [result("dense", 1, 2.1), result("dense", 2, 2.2), result("dense", 3, 2.3)];
    expect(
      pairs(
        [...high, ...low],
        { variant: "hash", measure: "loss" },
        { variant: "dense", measure: "loss" },
      ),
    ).toEqual({ lower: [1.1, 1.3], higher: [2.1, 2.3] });
  });

  it("tells resolved, reversed and unresolved orderings apart, with a cause for the last two", () => {
    const judged = judge([
      ...many("dense", [2, 3, 4]),
      ...many("hash", [1.9, 2.91, 3.9]),
      ...many("switch", [2.1, 3.1, 4.11]),
      ...many("gshard", [2, 3.2, 4.1]),
    ]);
    expect(judged.map((claim) => [claimText(claim), claim.verdict])).toEqual([
      ["loss: Hash < Dense", "resolved"],
      ["loss: Switch < Hash", "resolved, but reversed"],
      ["loss: GShard < Switch", "not resolved"],
    ]);
    const [resolved, reversed, open] = judged;
    expect(resolved!.cause).toBe("");
    expect(reversed!.cause).toContain("3.0 tokens a parameter");
    expect(open!.cause).toMatch(/standard deviation.* would tell/);
    expect(resolved!.difference.mean).toBeCloseTo((0.1 + 0.09 + 0.1) / 3, 12);
  });

  it("takes a published tie as met unless a difference is resolved", () => {
    const equal = (own: number[]) =>
      judge([...many("deepseek-moe", own), ...many("gshard-1.5", [2, 3, 4])], "A-3")[0]!;
    expect(equal([2.01, 2.99, 4])).toMatchObject({ isEqual: true, cause: "" });
    expect(equal([2.01, 2.99, 4]).verdict).toBe("no difference, as published");
    expect(equal([1.8, 2.81, 3.8]).verdict).toBe("resolved: they differ");
  });

  it("resolves nothing with one seed and says why", () => {
    const [claim] = judge([result("dense", 1, 2), result("hash", 1, 1)]);
    expect(claim).toMatchObject({ verdict: "not resolved", cause: "one seed shows no spread" });
    expect(claimsTable([claim!])).toContain("–");
  });
});

describe("gapClosed", () => {
  it("is the way from GShard towards Dense×N", () => {
    const results = [
      ...many("gshard", [2, 2.1]),
      ...many("dense-all", [1.8, 1.9]),
      ...many("deepseek-moe", [1.85, 1.95]),
    ];
    expect(gapClosed(results, ["A-4"])!.share).toBeCloseTo(0.75, 12);
    expect(gapClosed(results, ["A-4"])!.paper).toBeCloseTo(0.967, 3);
    expect(gapClosed(results, ["A-1"])).toBeNull();
    expect(gapClosed(results.slice(0, 4), ["A-4"])).toBeNull();
  });

  it("says nothing unless Dense×N is lower beyond doubt", () => {
    const gapWith = (denseAll: number[]) =>
      gapClosed(
        [
          ...many("gshard", [2, 2.1, 2.05]),
          ...many("dense-all", denseAll),
          ...many("deepseek-moe", [1.85, 1.95, 1.9]),
        ],
        ["A-4"],
      )!.hasGap;
    expect(gapWith([1.8, 1.9, 1.86])).toBe(true);
    expect(gapWith([1.7, 2.4, 1.9])).toBe(false);
    expect(gapWith([2.2, 2.3, 2.26])).toBe(false);
  });
});
