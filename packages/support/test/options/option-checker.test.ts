import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type OptionNames, optionChecker } from "../../src";

interface Settings {
  lr?: number;
  weightDecay?: number;
  normTopkProb?: boolean;
  steps?: number;
}
const names: OptionNames<Settings> = {
  lr: true,
  weightDecay: true,
  normTopkProb: true,
  steps: true,
};
const check = optionChecker("engine", (message, fields) => {
  throw Object.assign(new Error(message), { fields });
});
const tryOut = (options: unknown) => () => check("AdamW", options as Settings, names);

describe("a check of options", () => {
  it("returns the options that it accepts", () => {
    const options = { lr: 0.1, steps: 5 };
    expect(check("AdamW", options, names)).toBe(options);
    expect(check("AdamW", {}, names)).toEqual({});
  });

  it.each([
    ["learningRate", "lr"],
    ["learning_rate", "lr"],
    ["LR", "lr"],
    ["schedule", "lr"],
    ["peakRate", "lr"],
    ["epochs", "steps"],
    ["normTopKProb", "normTopkProb"],
    ["norm_topk_prob", "normTopkProb"],
    ["step", "steps"],
    ["wieghtDecay", "weightDecay"],
  ])("takes %s for %s", (given, meant) => {
    expect(tryOut({ [given]: 1 })).toThrow(
      `engine/AdamW: unknown option "${given}"; did you mean "${meant}"?`,
    );
  });

  it("lists all names when none is near", () => {
    expect(tryOut({ colour: "red" })).toThrow(
      'engine/AdamW: unknown option "colour"; options are lr, weightDecay, normTopkProb, steps',
    );
  });

  it.each([
    [0.1, "0.1"],
    ["float32", '"float32"'],
    [null, "null"],
    [["hello"], "an array"],
    [() => 1, "a function"],
    [true, "true"],
  ])("refuses %j in place of options", (given, shown) => {
    expect(tryOut(given)).toThrow(`engine/AdamW: options must be an object, got ${shown}`);
  });

  it("accepts exactly the known names, those of Object.prototype not among them", () => {
    const name = fc.oneof(
      fc.string(),
      fc.constantFrom(...Object.keys(names), "constructor", "toString"),
    );
    fc.assert(
      fc.property(name, (given) => {
        const options = Object.fromEntries([[given, 1]]);
        if (given in names && Object.hasOwn(names, given)) expect(tryOut(options)).not.toThrow();
        else expect(tryOut(options)).toThrow("unknown option");
      }),
    );
  });

  it("gives the error the name and what is known", () => {
    expect(tryOut({ step: 1 })).toThrow(
      expect.objectContaining({ fields: { name: "step", known: Object.keys(names) } }),
    );
  });
});
