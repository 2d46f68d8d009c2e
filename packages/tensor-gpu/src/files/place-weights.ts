import type { CompactType } from "../backend/view";
import { assertFunction, assertKind } from "../errors";
import { Module } from "../nn/module";
import { allocateCompact, CompactTensor } from "../tensor/compact-tensor";
import { contiguousStrides, type Shape } from "../tensor/shape";
import { assertShape } from "../tensor/sizes";
import type { Storage } from "../tensor/storage";
import { allocate, type Tensor } from "../tensor/tensor";

/** Stands for the memory of a weight that has none yet: it is on no backend. */
function noStorage(): Storage {
  const made = {
    handle: 0,
    byteLength: Infinity,
    retain: () => made,
    release() {},
    net() {},
  };
  return made as unknown as Storage;
}

/**
 * A matrix without memory, for `nn.withBlankWeights`; `placeWeights` gives it some before anything else happens to it.
 * @throws {TensorError} `ERR_SHAPE` for what is no shape
 */
export function unplacedWeight(shape: Shape): Tensor {
  assertShape("unplacedWeight", shape);
  const strides = contiguousStrides(shape);
  return new CompactTensor(noStorage(), shape, strides, 0, "bfloat16", shape.at(-1) ?? 0);
}

/** A weight of this shape with undefined contents; its rows are the columns where the one without memory was transposed. */
function placed({ shape, isContiguous }: Tensor, dtype: "float32" | CompactType): Tensor {
  if (dtype === "float32") return allocate("parameter", shape).requireGrad();
  if (isContiguous) return allocateCompact("parameter", shape, dtype);
  const [columns, rows] = shape as [number, number];
  const whole = allocateCompact("parameter", [rows, columns], dtype);
  try {
    return whole.view(shape, [1, columns], 0);
  } finally {
    whole.dispose();
  }
}

/** Whether a weight has no memory yet: it is on no backend. */
const isUnplaced = ({ storage }: Tensor): boolean => storage.backend === undefined;

const memberOf = (owner: unknown, name: string): unknown =>
  owner instanceof Map ? owner.get(name) : (owner as Record<string, unknown>)[name];

/**
 * Gives memory, with undefined contents, to the matrices of a module that was built as `nn.withBlankWeights(unplacedWeight, …)`.
 *
 * @param typeOf chooses the type of each matrix by its memory, which its views share: float32 or a compact type; a stack of
 *   matrices has one for all
 * @throws {TensorError} `ERR_MEMORY`; `ERR_ARGUMENT` for what is no module; `ERR_SHAPE` where rows are not whole blocks of the type; and whatever `typeOf` throws
 */
export function placeWeights(
  module: Module,
  typeOf: (weight: Tensor, path: string) => "float32" | CompactType,
): void {
  assertKind(module instanceof Module, "placeWeights", "needs a module", module);
  assertFunction("placeWeights", typeOf);
  for (const [path, weight] of [...module.namedTensors()]) {
    if (!isUnplaced(weight)) continue;
    const keys = path.split(".");
    const name = keys.pop()!;
    const owner = keys.reduce(memberOf, module) as Record<string, Tensor>;
    owner[name] = placed(weight, typeOf(weight, path));
  }
}
