import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runGuide } from "../support/guide";

it("trains an MLP, plots its loss, and stores and restores it", async () => {
  let html = "";
  const inspect = (folder: string) => {
    html = readFileSync(join(folder, "loss.html"), "utf8");
  };
  const [lines] = await runGuide("train-an-mlp", { inspect });
  const [[trained], [restored]] = lines as [[number], [number]];
  expect(trained).toBeGreaterThanOrEqual(0.9);
  expect(restored).toBe(trained);
  expect(html).toContain("Loss over training steps");
  expect(html).toContain("<svg");
});

it("shows a leak of memory and its cure", async () => {
  const [leak, kept, awaited] = await runGuide("memory");
  expect(leak).toEqual([[true], [true], [0], [true]]);
  expect(kept).toEqual([[18, 2], [0]]);
  expect(awaited).toEqual([[0]]);
});

it("writes operators with and without a gradient of their own, and a layer", async () => {
  const [composed, own, checked, layer] = await runGuide("operator-and-layer");
  expect(composed).toEqual([[["0.059", "0.600", "1.069"]]]);
  expect(own).toEqual([
    [
      [0, 1, 2],
      [1, 2, 0],
    ],
  ]);
  expect(checked).toEqual([[true], [true], [true]]);
  expect(layer).toEqual([["up.weight up.bias down.weight down.bias scale"], [true, 200]]);
});

it("translates from PyTorch", async () => {
  const [training, weights] = await runGuide("from-pytorch");
  expect(training).toEqual([["Linear (weight [3, 8], bias [3])"], [[32, 3]]]);
  expect(weights).toEqual([["bias weight"]]);
});

it("translates from TensorFlow.js", async () => {
  const [training, weights] = await runGuide("from-tensorflow-js");
  expect(training).toEqual([[9]]);
  expect(weights).toEqual([[[[1, 2]]]]);
});
