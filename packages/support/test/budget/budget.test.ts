import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { budgets, errorClass } from "../../src";

class GatesError extends errorClass(
  "gates",
  ["ERR_ARGUMENT", "ERR_RANGE", "ERR_LIMIT"],
  "GatesError",
) {}
const budgetOf = budgets(GatesError);

const refusal = (action: () => unknown) => {
  try {
    action();
  } catch (error) {
    return error as InstanceType<typeof GatesError>;
  }
  throw new Error("nothing was refused");
};

describe("a budget", () => {
  it("counts each kind up to its limit, and refuses what is beyond it by door, kind and limit", () => {
    const budget = budgetOf("read", { steps: 3 }, { steps: 10, bytes: 5 });
    expect(budget.limits).toEqual({ steps: 3, bytes: 5, entries: Infinity });
    budget.spendSteps(1);
    budget.spendSteps(2);
    budget.spendEntries(1e9);
    budget.spendBytes(5);
    expect([budget.steps, budget.bytes, budget.entries]).toEqual([3, 5, 1e9]);
    const error = refusal(() => budget.spendSteps(1));
    expect(GatesError.isInstance(error)).toBe(true);
    expect(error.message).toBe(
      "gates/read: the input takes more than 3 steps, the limit of budget.steps",
    );
    expect(error).toMatchObject({
      code: "ERR_LIMIT",
      fields: { door: "read", kind: "steps", limit: 3 },
    });
    expect(refusal(() => budget.spendBytes(1)).problem).toBe(
      "the input has more than 5 bytes, the limit of budget.bytes",
    );
  });

  it("that is used up stays so, and leaves its counts and the other kinds as they are", () => {
    const budget = budgetOf("read", undefined, { entries: 1 });
    refusal(() => budget.spendEntries(2));
    expect(refusal(() => budget.spendEntries(0)).message).toContain("more than 1 entries");
    budget.spendSteps(1);
    expect([budget.steps, budget.entries]).toEqual([1, 2]);
  });

  it("may be shared: what one reader spent, the next one lacks", () => {
    const shared = budgetOf("both", undefined, { steps: 10 });
    const own = budgetOf("read", shared, { steps: 1 });
    expect(own).toBe(shared);
    own.spendSteps(10);
    expect(refusal(() => shared.spendSteps(1)).fields).toMatchObject({ door: "both", limit: 10 });
  });

  it("takes only whole limits from 1 on, of kinds that there are", () => {
    for (const limit of [0, -1, 1.5, Infinity, Number.NaN, "9", null] as number[])
      for (const kind of ["steps", "bytes", "entries"])
        if (limit !== null)
          expect(refusal(() => budgetOf("read", { [kind]: limit }, {}))).toMatchObject({
            code: "ERR_RANGE",
            fields: { [`budget.${kind}`]: limit },
          });
    expect(refusal(() => budgetOf("read", { step: 1 } as object, {}))).toMatchObject({
      code: "ERR_ARGUMENT",
      message: 'gates/read: unknown option "step"; did you mean "steps"?',
    });
    for (const wrong of [null, 5, "5", [1]])
      expect(refusal(() => budgetOf("read", wrong as object, {})).code).toBe("ERR_ARGUMENT");
  });

  it("refuses exactly when the sum is above the limit", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20)), fc.integer({ min: 1, max: 100 }), (parts, limit) => {
        const budget = budgetOf("read", { steps: limit }, {});
        let sum = 0;
        for (const part of parts) {
          sum += part;
          if (sum > limit) expect(() => budget.spendSteps(part)).toThrow(`more than ${limit}`);
          else budget.spendSteps(part);
        }
        expect(budget.steps).toBe(sum);
      }),
    );
  });

  it("gives the event loop turns, and ends with the signal's reason", async () => {
    const controller = new AbortController();
    const budget = budgetOf("read", undefined, {});
    setTimeout(() => controller.abort("enough"), 0);
    const endless = async () => {
      for (;;) await budget.turn(controller.signal);
    };
    await expect(endless()).rejects.toBe("enough");
    expect(() => budget.turn(controller.signal)).toThrow("enough");
  });
});
