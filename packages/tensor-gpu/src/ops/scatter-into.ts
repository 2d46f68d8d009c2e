import { aroundAxis } from "../tensor/shape";
import { allocate, type Tensor } from "../tensor/tensor";

/** Writes or adds a source's elements to the places that an index names along an axis. */
export function scatterKernel(
  base: Tensor,
  dim: number,
  index: Tensor,
  source: Tensor,
  add: boolean,
): void {
  const { outer, n, inner } = aroundAxis(base.shape, dim);
  base.storage.backend.kernels.scatter(
    base,
    index,
    source,
    outer,
    n,
    index.shape[dim]!,
    inner,
    add,
  );
}

/** A float32 tensor of zeros on the backend of another tensor. */
export function zerosOf(like: Tensor, shape: readonly number[]): Tensor {
  const out = allocate("zeros", shape, "float32", like.storage.backend);
  like.storage.backend.kernels.fill(out, 0);
  return out;
}
