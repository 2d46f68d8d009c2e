import {
  matmul,
  type nn,
  scaledDotProductAttention,
  softmax,
  type Tensor,
  tensor,
  where,
} from "@deepgrain/tensor-gpu";
import { applyHook, type ModelHooks } from "../model/hooks";

/** State shared by all layers of one forward pass. */
export interface EncoderContext {
  /** int32 [batch, length], 0 hides a token; null if no token is masked. Every row has at least one visible token. */
  keyMask: Tensor | null;
  hooks: ModelHooks | undefined;
}

/** The settings of one layer. */
export interface BothOptions extends EncoderContext {
  layer: number;
  /** The largest distance of two tokens that see each other. Default: any. */
  reach?: number | undefined;
  /** Of the probabilities. */
  dropout: nn.Dropout;
  isDropping: boolean;
}

/**
 * Attention of every token to every token that is not masked and near enough: fused, or step by step where a hook, dropout
 * or the distance needs it.
 * @param q [batch, length, heads, d], as k and v
 * @see Vaswani et al. 2017, section 3.2
 */
export function attendBoth(q: Tensor, k: Tensor, v: Tensor, options: BothOptions): Tensor {
  const { keyMask, hooks, layer, reach = Infinity, isDropping } = options;
  const isFar = reach < q.shape[1]! - 1;
  const isFused = !(hooks?.scores || hooks?.pattern || isDropping || isFar);
  const mixed = isFused
    ? scaledDotProductAttention(q, k, v, { keyMask })
    : stepByStep(q, k, v, options);
  return applyHook(hooks, "headOutput", layer, mixed);
}

/** True where two tokens are further apart than `reach`: [1, 1, length, length] */
function farPairs(length: number, reach: number): Tensor {
  const far = new Int32Array(length * length);
  for (let i = 0; i < length; i++)
    for (let j = 0; j < length; j++) far[i * length + j] = Number(Math.abs(i - j) > reach);
  return tensor(far, { dtype: "bool", shape: [1, 1, length, length] });
}

/** The same with explicit probabilities. A row that sees nothing, as padding may, has no probabilities: zeros. */
function stepByStep(q: Tensor, k: Tensor, v: Tensor, options: BothOptions): Tensor {
  const { keyMask, hooks, layer, reach = Infinity, dropout } = options;
  const [batch, length, , size] = q.shape as [number, number, number, number];
  const raw = matmul(q.transpose(1, 2), k.transpose(1, 2).transpose(-1, -2)).mul(size ** -0.5);
  const masked = keyMask
    ? raw.maskedFill(keyMask.eq(0).reshape([batch, 1, 1, length]), -Infinity)
    : raw;
  const near = reach < length - 1 ? masked.maskedFill(farPairs(length, reach), -Infinity) : masked;
  const scores = applyHook(hooks, "scores", layer, near);
  const seesNothing = scores.amax({ dim: -1, keepDim: true }).eq(-Infinity);
  const pattern = where(seesNothing, 0, softmax(scores.maskedFill(seesNothing, 0)));
  const kept = dropout.forward(applyHook(hooks, "pattern", layer, pattern));
  return matmul(kept, v.transpose(1, 2)).transpose(1, 2);
}
