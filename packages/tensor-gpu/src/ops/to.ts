import { tracked } from "../autograd/track";
import { assertBackend } from "../backend/assert-backend";
import type { Backend } from "../backend/backend";
import { type DType, isCompact } from "../backend/view";
import { fail, optionsOf, refuseUnknown } from "../errors";
import { CompactTensor } from "../tensor/compact-tensor";
import { allocate, type Tensor } from "../tensor/tensor";
import { compacted, widened } from "./compact";
import { assertAnyDType, assertTensors } from "./operands";
import { cast } from "./support";

/**
 * The tensor as another element type; a gradient passes from float32 to float32 only. `"bfloat16"`, `"int8"`, and
 * after `enableBlockTypes()` `"float16"`, `"q4_0"` and `"q5_0"`, make a `CompactTensor`, rounded to nearest.
 * @throws {TensorError} `ERR_RANGE` for an unknown type, or for values that the type does not hold; those of K types are in files only
 */
export function astype(x: Tensor, dtype: DType): Tensor {
  assertTensors("astype", x);
  assertAnyDType("astype", dtype);
  if (x.dtype === dtype) return x;
  if (x instanceof CompactTensor) return astype(widened(x), dtype);
  if (isCompact(dtype)) return compacted(astype(x, "float32").detach(), dtype);
  return tracked("cast", cast(x, dtype), [dtype === "float32" ? x : null], () => (dy) => [dy]);
}

/**
 * A copy on another backend (available at once where the source can be read synchronously), off the tape.
 * @throws {TensorError} `ERR_BACKEND` when the source can only be read asynchronously: use `await toBackend`
 */
export function to(
  x: Tensor,
  options: { dtype?: DType | undefined; backend?: Backend | undefined } = {},
): Tensor {
  const { dtype = x?.dtype, backend, ...rest } = optionsOf("to", options);
  refuseUnknown("to", rest);
  assertTensors("to", x);
  assertAnyDType("to", dtype);
  if (backend !== undefined) assertBackend("to", backend);
  if (!backend || backend === x.storage.backend) return astype(x, dtype);
  if (!x.storage.backend.readSync)
    fail("ERR_BACKEND", `to: ${x.storage.backend.name} needs await toBackend(tensor, backend)`);
  const out = allocate("to", x.shape, plain(x), backend);
  backend.upload(out, x.dataSync());
  return astype(out, dtype);
}

/** The type in which a tensor's numbers are transferred. */
const plain = ({ dtype }: Tensor): DType => (isCompact(dtype) ? "float32" : dtype);

/** A copy on another backend. */
export async function toBackend(x: Tensor, backend: Backend): Promise<Tensor> {
  assertTensors("toBackend", x);
  assertBackend("toBackend", backend);
  const data = await x.data();
  const out = allocate("to", x.shape, plain(x), backend);
  backend.upload(out, data);
  return astype(out, x.dtype);
}
