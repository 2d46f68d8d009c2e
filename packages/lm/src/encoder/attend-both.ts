import {
  cat,
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
  const isStepByStep = hooks?.scores || hooks?.pattern || isDropping;
  const mixed = isStepByStep
    ? stepByStep(q, k, v, options, 0)
    : isFar
      ? byBlocks(q, k, v, options, reach)
      : scaledDotProductAttention(q, k, v, { keyMask });
  return applyHook(hooks, "headOutput", layer, mixed);
}

/** Queries of one block, at least. */
const BLOCK = 64;

/** Each block of queries with the keys that it reaches: memory grows with the length of a row, not with its square. */
function byBlocks(q: Tensor, k: Tensor, v: Tensor, options: BothOptions, reach: number): Tensor {
  const length = q.shape[1]!;
  const size = Math.max(BLOCK, reach);
  const parts: Tensor[] = [];
  for (let first = 0; first < length; first += size) {
    const count = Math.min(size, length - first);
    const from = Math.max(0, first - reach);
    const seen = Math.min(length, first + count + reach) - from;
    const keyMask = options.keyMask?.narrow(1, from, seen) ?? null;
    const [keys, values] = [k.narrow(1, from, seen), v.narrow(1, from, seen)];
    const queries = q.narrow(1, first, count);
    parts.push(stepByStep(queries, keys, values, { ...options, keyMask }, first - from));
  }
  return cat(parts, 1);
}

/** True where a key is further from a query than `reach`; query 0 stands beside key `offset`. [1, 1, queries, keys] */
function farPairs(queries: number, keys: number, reach: number, offset: number): Tensor {
  const far = new Int32Array(queries * keys);
  for (let i = 0; i < queries; i++)
    for (let j = 0; j < keys; j++) far[i * keys + j] = Number(Math.abs(i + offset - j) > reach);
  return tensor(far, { dtype: "bool", shape: [1, 1, queries, keys] });
}

/** The same with explicit probabilities. A row that sees nothing, as padding may, has no probabilities: zeros. */
function stepByStep(q: Tensor, k: Tensor, v: Tensor, options: BothOptions, offset: number): Tensor {
  const { keyMask, hooks, layer, reach = Infinity, dropout } = options;
  const [batch, length, , size] = q.shape as [number, number, number, number];
  const keys = k.shape[1]!;
  const raw = matmul(q.transpose(1, 2), k.transpose(1, 2).transpose(-1, -2)).mul(size ** -0.5);
  const masked = keyMask
    ? raw.maskedFill(keyMask.eq(0).reshape([batch, 1, 1, keys]), -Infinity)
    : raw;
  const near =
    reach < keys - 1 ? masked.maskedFill(farPairs(length, keys, reach, offset), -Infinity) : masked;
  const scores = applyHook(hooks, "scores", layer, near);
  const seesNothing = scores.amax({ dim: -1, keepDim: true }).eq(-Infinity);
  const pattern = where(seesNothing, 0, softmax(scores.maskedFill(seesNothing, 0)));
  const kept = dropout.forward(applyHook(hooks, "pattern", layer, pattern));
  return matmul(kept, v.transpose(1, 2)).transpose(1, 2);
}
