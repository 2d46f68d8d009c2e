/** @file The recorded losses and gradients of TRL, in float64. */
import { readFileSync } from "node:fs";
import { nn, type Tensor, tensor } from "@deepgrain/tensor-gpu";
import type {} from "@deepgrain/vitest/allclose";
import { shared, sharedIsMissing } from "@deepgrain/vitest/shared";
import { expect } from "vitest";

/** A recorded tensor, row-major. */
export interface Stored {
  shape: number[];
  data: number[];
}

/** The recorded file, or an empty object where the shared folder is missing. */
// biome-ignore lint/suspicious/noExplicitAny: the file's content is described in GOLDEN.md
export const golden: any = sharedIsMissing
  ? {}
  : JSON.parse(readFileSync(shared("golden/rl.json"), "utf8"));

/** Float32 losses and gradients may differ by this share (GOLDEN.md). */
export const FLOAT32_TOLERANCE = 1e-4;
/** Float64 numbers may differ by this share (GOLDEN.md). */
export const FLOAT64_TOLERANCE = 1e-6;

export const stored = ({ shape, data }: Stored): Tensor => tensor(data, { shape });
export const trained = (value: Stored): Tensor => nn.parameter(stored(value));

/** Compares within the tolerance of the largest number. */
export function expectClose(
  actual: Tensor | ArrayLike<number>,
  wanted: readonly number[],
  rtol = FLOAT32_TOLERANCE,
): void {
  const numbers = "dataSync" in actual ? actual.contiguous().dataSync() : actual;
  const largest = Math.max(...wanted.map(Math.abs));
  expect(numbers).toBeAllclose(wanted, { rtol, atol: rtol * largest });
}
