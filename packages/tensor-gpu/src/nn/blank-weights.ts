import { COMPACT_TYPES, type CompactType, isCompact } from "../backend/view";
import { assertList, optionsOf, refuseUnknown } from "../errors";
import { allocateCompact } from "../tensor/compact-tensor";
import type { Shape } from "../tensor/shape";
import { assertOneOf } from "../tensor/sizes";
import { allocate, type Tensor } from "../tensor/tensor";

/** A type of blank weights, or what makes them. */
type BlankType = "float32" | CompactType | ((shape: Shape) => Tensor);

let blank: BlankType | null = null;

/**
 * Builds a module whose weights have undefined contents, for a loader to fill. No random numbers are drawn. Matrices get the
 * type `dtype`, except where the layer requires float32. All other tensors are float32.
 *
 * @param dtype float32, a compact type for inference only, or a function that makes each matrix, such as `unplacedWeight`
 * @throws {TensorError} `ERR_RANGE` for an unknown type, and whatever `build` throws
 */
export function withBlankWeights<T>(dtype: BlankType, build: () => T): T {
  if (typeof dtype !== "function")
    assertOneOf("withBlankWeights", "dtype", dtype, ["float32", ...COMPACT_TYPES]);
  const before = blank;
  blank = dtype;
  try {
    return build();
  } finally {
    blank = before;
  }
}

/**
 * A weight with undefined contents while `withBlankWeights` builds, else null. A layer calls it before it draws its weight.
 * @param options.staysFloat32 true for a weight that is used by operators other than `linear` and `embedding`. Default false
 */
export function blankWeight(
  shape: Shape,
  options: { staysFloat32?: boolean | undefined } = {},
): Tensor | null {
  const { staysFloat32 = false, ...rest } = optionsOf("blankWeight", options);
  refuseUnknown("blankWeight", rest);
  assertList("blankWeight", shape);
  if (blank === null) return null;
  const isMatrix = shape.length >= 2 && shape.every((size) => size > 1);
  if (isMatrix && !staysFloat32) {
    if (typeof blank === "function") return blank(shape);
    if (isCompact(blank)) return allocateCompact("parameter", shape, blank);
  }
  return allocate("parameter", shape).requireGrad();
}
