import { tracked } from "../autograd/track";
import { assertBackend } from "../backend/assert-backend";
import type { Backend } from "../backend/backend";
import type { DType } from "../backend/view";
import { TensorError } from "../errors";
import { allocate, type Tensor } from "../tensor/tensor";
import { assertDType, assertTensors } from "./operands";
import { cast } from "./support";

/** The tensor as another element type; the gradient passes between float types only. @throws {TensorError} `ERR_RANGE` for an unknown type */
export function astype(x: Tensor, dtype: DType): Tensor {
  assertTensors("astype", x);
  assertDType("astype", dtype);
  if (x.dtype === dtype) return x;
  return tracked("cast", cast(x, dtype), [dtype === "float32" ? x : null], () => (dy) => [dy]);
}

/**
 * A copy on another backend (synchronous where the source can be read at once), off the tape.
 * @throws {TensorError} `ERR_BACKEND` when the source can only be read asynchronously: use `await toBackend`
 */
export function to(
  x: Tensor,
  { dtype = x?.dtype, backend }: { dtype?: DType; backend?: Backend } = {},
): Tensor {
  assertTensors("to", x);
  assertDType("to", dtype);
  if (backend !== undefined) assertBackend("to", backend);
  if (!backend || backend === x.storage.backend) return astype(x, dtype);
  if (!x.storage.backend.readSync)
    throw new TensorError(
      "ERR_BACKEND",
      `tensor-gpu/to: ${x.storage.backend.name} needs await toBackend(tensor, backend)`,
    );
  const out = allocate("to", x.shape, x.dtype, backend);
  backend.upload(out, x.dataSync());
  return astype(out, dtype);
}

/** A copy on another backend. */
export async function toBackend(x: Tensor, backend: Backend): Promise<Tensor> {
  assertTensors("toBackend", x);
  assertBackend("toBackend", backend);
  const data = await x.data();
  const out = allocate("to", x.shape, x.dtype, backend);
  backend.upload(out, data);
  return out;
}
