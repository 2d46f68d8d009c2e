import { describe, expect, it } from "vitest";
import {
  fitIsoFlop,
  fitRuns,
  flopsPerToken,
  flopsPerTokenN1,
  flopsPerTokenN2,
  measureRuns,
  plan,
  type Run,
} from "../../src/index";
import { bestModel, chinchillaTruth } from "../support/synthetic";

/** A shape of width d with d/64 layers, whose M is as given (layers and width need not be whole here). */
function shapeOf(model: number) {
  const shape = (width: number) => ({
    layers: width / 64,
    width,
    sequenceLength: 2048,
    vocab: 8192,
  });
  let [low, high] = [1, 1e6];
  for (let i = 0; i < 80; i++) {
    const middle = Math.sqrt(low * high);
    if (flopsPerToken(shape(middle)) < model) low = middle;
    else high = middle;
  }
  return shape(low);
}

/** The run of a model scale at a budget; its loss depends on M and tokens alone. */
function runOf(flops: number, model: number): Run {
  const tokens = flops / model;
  const { E, A, alpha, B, beta } = chinchillaTruth;
  const loss = E + A / model ** alpha + B / tokens ** beta;
  return { flops, model, tokens, loss, ...shapeOf(model) };
}

const runsAt = (flops: number): Run[] =>
  [-3, -2, -1, 0, 1, 2, 3].map((step) =>
    runOf(flops, bestModel(chinchillaTruth, flops) * 1.5 ** step),
  );

describe("measureRuns", () => {
  it("keeps the old budget, so that runs which shared one still do", () => {
    const run = runOf(1e16, 1e8);
    const [n1] = measureRuns([run], "6N1");
    const model = flopsPerTokenN1({ layers: run.layers!, width: run.width! });
    expect(n1).toMatchObject({ budget: 1e16, model, flops: model * run.tokens });
  });

  it("gives the same allocation on M as the runs' own scale", () => {
    const runs = [1e16, 1e17, 1e18, 1e19, 1e20].flatMap(runsAt);
    const { exponent, coefficient } = fitIsoFlop(measureRuns(runs, "M")).allocation.model;
    const own = fitIsoFlop(runs).allocation.model;
    expect([exponent, coefficient]).toBeAllclose([own.exponent, own.coefficient], { rtol: 1e-6 });
  });

  it("predicts a run of 100 times the compute best on M, where the loss depends on M", () => {
    const runs = [1e15, 3e15, 1e16, 3e16, 1e17, 3e17].flatMap(runsAt);
    const heldOut = runOf(3e19, bestModel(chinchillaTruth, 3e19));
    const shape = shapeOf(heldOut.model);
    const scale = {
      M: flopsPerToken(shape),
      "6N1": flopsPerTokenN1(shape),
      "6N2": flopsPerTokenN2(shape),
    };
    const error = (measure: "M" | "6N1" | "6N2") => {
      const law = fitRuns(measureRuns(runs, measure));
      return plan(scale[measure] * heldOut.tokens, law).loss!.value / heldOut.loss - 1;
    };
    expect(Math.abs(error("M"))).toBeLessThan(0.002);
    expect(Math.abs(error("6N1"))).toBeGreaterThan(2 * Math.abs(error("M")));
    expect(Math.abs(error("6N2"))).toBeGreaterThan(2 * Math.abs(error("M")));
  });

  it("names the run and the key that a measure needs", () => {
    const { vocab: _, ...run } = runOf(1e16, 1e8);
    expect(() => measureRuns([run], "6N2")).toThrow(
      expect.objectContaining({
        code: "ERR_ARGUMENT",
        message: "scaling-laws/measureRuns: runs[0] has no vocab, which 6N2 needs",
      }),
    );
  });
});
