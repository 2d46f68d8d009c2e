import { matmul, type Tensor, tensor } from "@deepgrain/tensor-gpu";
import type { Pooling } from "../files/embedding-settings";

/**
 * One vector per row of hidden states; tokens that the mask hides never count.
 *
 * @param hidden [batch, length, hidden]
 * @param mask [batch × length], 0 hides a token; every row has one that is not hidden. Default: all count
 * @returns [batch, hidden]
 */
export function poolHidden(
  hidden: Tensor,
  mask: ArrayLike<number> | undefined,
  pooling: Pooling,
): Tensor {
  const [batch, length, width] = hidden.shape as [number, number, number];
  const weights = new Float32Array(batch * length);
  for (let row = 0; row < batch; row++) {
    const seen = Array.from({ length }, (_, i) => row * length + i).filter((i) => mask?.[i] !== 0);
    if (pooling === "mean") for (const i of seen) weights[i] = 1 / seen.length;
    else weights[seen.at(pooling === "cls" ? 0 : -1)!] = 1;
  }
  return matmul(tensor(weights, { shape: [batch, 1, length] }), hidden).reshape([batch, width]);
}
