import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type BayesianDetector, bayesianPosterior } from "../src/schemes/synthid/bayesian-detector";
import {
  bayesianFromHuggingFace,
  bayesianToHuggingFace,
  type SavedTensor,
} from "../src/schemes/synthid/bayesian-huggingface";

/** Parameters of a model, and what PyTorch 2.13 computes from them by the equations of the published class. */
const golden = JSON.parse(
  readFileSync(new URL("./fixtures/bayesian-huggingface.json", import.meta.url), "utf8"),
) as { beta: number[]; delta: number[]; prior: number[]; g: number[][][]; posterior: number[] };
const depth = golden.beta.length;

const tensors = new Map<string, SavedTensor>([
  ["likelihood_model_watermarked.beta", { shape: [1, 1, depth], data: golden.beta }],
  ["likelihood_model_watermarked.delta", { shape: [1, 1, depth, depth], data: golden.delta }],
  ["prior", { shape: [1], data: golden.prior }],
]);

describe("detectors as Hugging Face saves them", () => {
  it("give the posterior that the published equations give", () => {
    const detector = bayesianFromHuggingFace(tensors);
    golden.g.forEach((rows, i) => {
      const matrix = { g: Uint8Array.from(rows.flat()), tokens: rows.length, depth };
      expect(bayesianPosterior(detector, matrix)).toBeCloseTo(golden.posterior[i]!, 5);
    });
  });

  it("survive a round trip under the published names and shapes", () => {
    const detector = bayesianFromHuggingFace(tensors);
    const saved = bayesianToHuggingFace(detector);
    expect([...saved.keys()].sort()).toEqual([...tensors.keys()].sort());
    for (const [name, { shape }] of saved) expect(shape).toEqual(tensors.get(name)!.shape);
    const again: BayesianDetector = bayesianFromHuggingFace(saved);
    expect(again.beta).toBeAllclose(detector.beta);
    expect(again.delta.flat()).toBeAllclose(detector.delta.flat());
  });

  it("have a prior inside 0 and 1, and are refused where a tensor is missing or has another size", () => {
    const certain = new Map(tensors).set("prior", { shape: [1], data: [1] });
    expect(bayesianFromHuggingFace(certain).prior).toBeLessThan(1);
    const without = new Map(tensors);
    without.delete("likelihood_model_watermarked.delta");
    expect(() => bayesianFromHuggingFace(without)).toThrow("delta must hold 25 numbers");
    const short = new Map(tensors).set("prior", { shape: [0], data: [] });
    expect(() => bayesianFromHuggingFace(short)).toThrow("prior must hold 1");
  });
});
