import type { DType } from "../backend/view";
import type { Shape } from "../tensor/shape";

/** Elements in arrays nested as deep as the tensor has axes; a scalar is its value. Booleans for a bool tensor. */
export type NestedArray = number | boolean | NestedArray[];

/** Row-major elements as nested arrays. */
export function toNested(data: ArrayLike<number>, shape: Shape, dtype: DType): NestedArray {
  let at = 0;
  const build = (axis: number): NestedArray => {
    if (axis < shape.length) return Array.from({ length: shape[axis]! }, () => build(axis + 1));
    const value = data[at++]!;
    return dtype === "bool" ? value !== 0 : value;
  };
  return build(0);
}
