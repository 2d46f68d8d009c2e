import { readFileSync } from "node:fs";
import { shared, sharedIsMissing } from "@deepgrain/vitest/shared";
import { describe, expect, it } from "vitest";
import { passAtK } from "../../src";

describe("pass@k", () => {
  it.skipIf(sharedIsMissing)("is that of the published evaluator", () => {
    const golden = JSON.parse(readFileSync(shared("golden/coder/pass-at-k.json"), "utf8")) as {
      pass_at_k: { n: number; c: number; k: number; value: number }[];
    };
    expect(golden.pass_at_k).toHaveLength(30);
    for (const { n, c, k, value } of golden.pass_at_k)
      expect(passAtK(n, c, k)).toBeCloseTo(value, 10);
  });

  it("refuses fewer samples than k", () => {
    expect(() => passAtK(3, 1, 4)).toThrow(
      "coder/passAtK: k must be a whole number from 1 to 3, got 4",
    );
    expect(() => passAtK(3, 4, 1)).toThrow(expect.objectContaining({ code: "ERR_RANGE" }));
  });
});
