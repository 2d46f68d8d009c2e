import type { View } from "../../../../src/backend/view";
import { uniforms } from "../numbers";
import type { OperandOptions, Scene } from "../scene";

export const MIXED = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
/** The planted values: each special alone, and all of them. */
export const PLANTS = { NaN: [MIXED[0]!], "∞": [MIXED[1]!], "-∞": [MIXED[2]!], all: MIXED };
export type Plant = keyof typeof PLANTS;
export const PLANT_NAMES = Object.keys(PLANTS) as Plant[];

/** Ordinary numbers, but special ones in about `rate` of the places. */
export function planted(
  s: Scene,
  shape: readonly number[],
  plant: Plant,
  { rate = 0.03, low = -2, high = 2, ...options }: OperandOptions & { rate?: number } = {},
): View {
  const specials = PLANTS[plant];
  const size = shape.reduce((a, b) => a * b, 1);
  const values = uniforms(s.random, size, low, high).map((x) =>
    s.random() < rate ? specials[Math.floor(s.random() * specials.length)]! : x,
  );
  return s.input(shape, { ...options, values });
}
