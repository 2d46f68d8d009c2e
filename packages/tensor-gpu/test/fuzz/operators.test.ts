import { describe, expect, it } from "vitest";
import * as dg from "../../src";
import * as files from "../../src/files";
import { missingBlas } from "../support/missing-blas";
import { fuzzOperator } from "./fuzz-operator";
import { OPERATORS, OTHER_EXPORTS } from "./operators-list";

const CASES = 20;

describe("the list of operators", () => {
  it("names every exported function, layer and optimiser, and all of inference", () => {
    const others = new Set([...Object.values(OTHER_EXPORTS).flat(), ...Object.keys(files)]);
    const layers = Object.keys(dg.nn).filter((name) => /^[A-Z]/.test(name) && name !== "Module");
    const optimisers = Object.entries(dg.optim)
      .filter(([name]) => /^[A-Z]/.test(name))
      .map(([name]) => name);
    const expected = [
      ...Object.keys(dg).filter((name) => !others.has(name)),
      ...layers.map((name) => `nn.${name}`),
      ...optimisers.map((name) => `optim.${name}`),
      ...Object.keys(dg.inference).map((name) => `inference.${name}`),
    ];
    expect(Object.keys(OPERATORS).sort()).toEqual(expected.sort());
    expect(
      Object.values(OTHER_EXPORTS)
        .flat()
        .filter((name) => !(name in dg)),
    ).toEqual([]);
  });

  it("names every method of tensors that is an operator", () => {
    const own = Object.getOwnPropertyNames(dg.Tensor.prototype);
    const inClass =
      "constructor rank backendName canReadSync isContiguous isDisposed isLeaf view alias detach handle requireGrad registerHook data dataSync item itemSync set dispose assertAlive assertScalar backward toArray toJSON print".split(
        " ",
      );
    expect(own.filter((name) => !inClass.includes(name) && !(name in OPERATORS))).toEqual([]);
  });
});

describe("hostile arguments give a typed error or the right result, and touch nothing else", () => {
  it.each(Object.entries(OPERATORS))("%s", async (name, operator) => {
    const counts = await fuzzOperator(name, operator, CASES);
    expect(counts.results + counts.errors).toBe(CASES);
  });

  if (missingBlas) it.skip(`SKIPPED, blas cannot be tested: ${missingBlas}`, () => {});
});
