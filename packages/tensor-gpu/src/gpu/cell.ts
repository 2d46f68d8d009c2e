import type { DeviceArray } from "./gpu-js";

/** Largest integer up to which float32 represents every integer. Indices within a block are such integers. */
export const LARGEST_EXACT = 2 ** 24;

/** Numbers on the device that are never overwritten. Each holder counts as a reference. */
export interface Cell {
  readonly width: number;
  readonly height: number;
  array: DeviceArray | undefined;
  references: number;
}

/**
 * Width and height of a texture of at least `count` texels: a power of two wide and about as high, so that sizes repeat,
 * and never a single row of several, which gpu.js would lay out anew.
 */
export function cellSize(count: number): [width: number, height: number] {
  const width = 2 ** Math.round(Math.log2(Math.max(1, count)) / 2);
  const height = Math.max(1, Math.ceil(count / width));
  return width > 1 && height === 1 ? [width / 2, 2] : [width, height];
}
