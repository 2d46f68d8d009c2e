import { describe, expect, it } from "vitest";
import { TrainerError } from "../../src";
import { parseTrainerState } from "../../src/checkpoint/trainer-state";

const state = { step: 3, generator: { seed: 2 ** 53 - 1, offset: 0 }, optimizerStep: 3 };

describe("parseTrainerState", () => {
  it("takes what saveCheckpoint writes", () => {
    expect(parseTrainerState(state, "a.json")).toEqual(state);
  });

  it.each([
    [null, "step"],
    [[], "step"],
    [{ ...state, step: -1 }, "step"],
    [{ ...state, step: 1.5 }, "step"],
    [{ ...state, generator: undefined }, "generator.seed"],
    [{ ...state, generator: { seed: 1, offset: "0" } }, "generator.offset"],
    [{ ...state, optimizerStep: null }, "optimizerStep"],
    [{ ...state, step: "x".repeat(1000) }, "step"],
  ])("refuses %j, naming the field", (value, field) => {
    const parse = () => parseTrainerState(value, "a.json");
    expect(parse).toThrow(TrainerError);
    const fault = `a.json: ${field} (is missing: expected|must be) a whole number`;
    expect(parse).toThrow(new RegExp(fault));
  });

  it("names a field that is nested too deep to be shown", () => {
    const deep = JSON.parse(`${"[".repeat(100_000)}${"]".repeat(100_000)}`);
    expect(() => parseTrainerState({ ...state, step: deep }, "a.json")).toThrow(
      "a.json: step must be a whole number of at least 0, got a value nested too deep",
    );
  });
});
