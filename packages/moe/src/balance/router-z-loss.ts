import { type Given, options, real, required } from "@deepgrain/support/schema";
import { logSumExp, type Tensor, tidy } from "@deepgrain/tensor-gpu";
import { having, read, shape } from "../errors";
import { tensorOrNull } from "../kinds";

const zLoss = options({
  /** c_z, as published 0.001. */
  alpha: required(real({ min: 0 })),
  /** `tokens` elements, 0 masks a token; no mask by default. */
  tokenMask: tensorOrNull,
});

/**
 * α · mean over tokens of (log Σ_i exp x_i)²: keeps a router's logits small, where float32 and lower precisions round
 * their softmax least. It balances nothing and goes beside a balance loss.
 *
 * @param logits a router's, [tokens, experts]
 * @returns a scalar; 0 if all tokens are masked
 * @throws {MoeError} `ERR_RANGE` for a negative alpha, `ERR_SHAPE` for logits without two axes or a mask of another size
 * @see ST-MoE (Zoph et al. 2022), equation 5
 */
export function routerZLoss(logits: Tensor, options: Given<typeof zLoss>): Tensor {
  const { alpha, tokenMask } = read(zLoss, "routerZLoss", options);
  having("routerZLoss", "logits", logits, "shape");
  shape("routerZLoss", "logits", logits.shape, [-1, -1]);
  const tokens = logits.shape[0]!;
  if (tokenMask) shape("routerZLoss", "tokenMask", [tokenMask.size], [tokens]);
  return tidy(() => {
    const squares = logSumExp(logits).square(); // [tokens]
    if (!tokenMask) return squares.sum().mul(alpha / Math.max(1, tokens));
    const counted = tokenMask.detach().reshape([tokens]).ne(0).to({ dtype: "float32" });
    return squares.mul(counted).sum().div(counted.sum().maximum(1)).mul(alpha);
  });
}
