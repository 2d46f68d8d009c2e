/** @file Arguments as data: what a case passes to an operator, before there are tensors on some backend. */
import type { DType } from "../../src";
import type { Draw } from "./draw";

/** How the elements lie in memory. */
export type Layout = "dense" | "transposed" | "offset" | "spread" | "repeated";

/** A tensor to be made on each backend. */
export class TensorPlan {
  constructor(
    readonly shape: readonly number[],
    readonly dtype: DType,
    readonly values: readonly number[],
    readonly layout: Layout = "dense",
    readonly state: "alive" | "disposed" | "elsewhere" = "alive",
    readonly requiresGrad = false,
    /** True where the operator may overwrite it. */
    readonly isWritten = false,
  ) {}

  with(changes: Partial<TensorPlan>): TensorPlan {
    const { shape, dtype, values, layout, state, requiresGrad, isWritten } = {
      ...this,
      ...changes,
    };
    return new TensorPlan(shape, dtype, values, layout, state, requiresGrad, isWritten);
  }
}

/** A map from numbers to tensors. */
export class MapPlan {
  constructor(readonly entries: readonly (readonly [unknown, unknown])[]) {}
}

export type Arguments = readonly unknown[];

/** Makes the arguments of a valid call. */
export type Recipe = (draw: Draw) => Arguments;

export const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

const LAYOUTS: readonly Layout[] = ["dense", "dense", "transposed", "offset", "spread"];

/** Multiples of a quarter: sums and products of a few are exact, so order of addition does not matter. */
export function floats(draw: Draw, shape: readonly number[]): TensorPlan {
  const values = Array.from({ length: sizeOf(shape) }, () => draw.int(-12, 12) / 4);
  const layout = draw.pick(LAYOUTS);
  return new TensorPlan(shape, "float32", values, layout, "alive", draw.chance(0.5));
}

export function ints(draw: Draw, shape: readonly number[], low: number, high: number): TensorPlan {
  const values = Array.from({ length: sizeOf(shape) }, () => draw.int(low, high));
  return new TensorPlan(shape, "int32", values, draw.pick(LAYOUTS));
}

export function bools(draw: Draw, shape: readonly number[]): TensorPlan {
  return new TensorPlan(
    shape,
    "bool",
    Array.from({ length: sizeOf(shape) }, () => draw.int(0, 1)),
  );
}

export const list = (values: readonly number[]): TensorPlan =>
  new TensorPlan([values.length], "int32", values);

/** A shape of some rank with small sizes, seldom 0. */
export function shapeOf(draw: Draw, least = 1, most = 4): number[] {
  const rank = draw.int(least, most);
  return Array.from({ length: rank }, () => (draw.chance(0.04) ? 0 : draw.int(1, 4)));
}

/** An axis counted from either end. */
export const axisOf = (draw: Draw, rank: number): number => draw.int(-rank, rank - 1);

/** The axis counted from the beginning. */
export const resolved = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);
