import { Generator, randn, setBackend, type Tensor, tensor } from "@deepgrain/tensor-gpu";
import type {} from "@deepgrain/vitest/allclose";
import { expect } from "vitest";
import { type MoeConfig, MoeError, type MoeErrorCode, MoeLayer } from "../src";

setBackend("js");

export const numbers = (x: Tensor): number[] => [...x.dataSync()];

export const normal = (shape: readonly number[], seed = 1, std = 1): Tensor =>
  randn(shape, { generator: new Generator(seed), std });

export const ints = (rows: readonly (readonly number[])[]): Tensor =>
  tensor(Int32Array.from(rows.flat()), { shape: [rows.length, rows[0]?.length ?? 0] });

export const smallConfig: MoeConfig = {
  hiddenSize: 6,
  expertSize: 4,
  experts: 5,
  topK: 2,
  sharedExperts: 1,
  initStd: 0.5,
};

export const layerOf = (config: Partial<MoeConfig> = {}, seed = 7): MoeLayer =>
  new MoeLayer({ ...smallConfig, generator: new Generator(seed), ...config });

/** The report of a pass to the layer's observers. */
export function reportOf(layer: MoeLayer, pass: () => unknown) {
  const reports: { auxLoss: number[] | null; counts: number[]; droppedFraction: number }[] = [];
  const stop = layer.onRoute(({ auxLoss, counts, droppedFraction }) =>
    reports.push({
      auxLoss: auxLoss && numbers(auxLoss),
      counts: numbers(counts),
      droppedFraction,
    }),
  );
  pass();
  stop();
  expect(reports).toHaveLength(1);
  return reports[0]!;
}

/** Checks that `run` throws a `MoeError` of this code whose message matches. */
export function expectError(code: MoeErrorCode, message: RegExp, run: () => unknown): void {
  let caught: unknown;
  try {
    run();
  } catch (error) {
    caught = error;
  }
  expect(MoeError.isInstance(caught), String(caught)).toBe(true);
  expect((caught as MoeError).code).toBe(code);
  expect((caught as MoeError).message).toMatch(message);
}

/** Central differences of `loss` by every element of `leaf`. */
export function differences(leaf: Tensor, loss: () => number, step = 1e-3): number[] {
  const start = [...leaf.dataSync()];
  const at = (i: number, value: number) => {
    leaf.set(start.map((x, j) => (j === i ? value : x)));
    return loss();
  };
  const slopes = start.map((x, i) => (at(i, x + step) - at(i, x - step)) / (2 * step));
  leaf.set(start);
  return slopes;
}
