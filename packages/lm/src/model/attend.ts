import {
  matmul,
  scaledDotProductAttention,
  softmax,
  type Tensor,
  tensor,
  where,
} from "@deepgrain/tensor-gpu";
import { applyHook, type ModelHooks } from "./hooks";

/** Settings of one attention layer, apart from the projections. */
export interface AttendOptions {
  scale: number;
  /** Number of keys that a query attends to, its own included. Default 0: all previous ones. */
  window?: number | undefined;
  /** Scores become cap · tanh(score / cap). Default 0: no cap. */
  cap?: number | undefined;
  /** [batch, keys] int32; 0 hides a key. */
  keyMask: Tensor | null;
  /** [batch, keys] int32; a query attends only to keys of its own segment. */
  segments: Tensor | null;
  hooks: ModelHooks | undefined;
  layer: number;
}

/**
 * Causal attention of projected heads: fused, or step by step when a hook needs scores or probabilities.
 * @param q [batch, queries, heads, d] @param k [batch, keys, keyHeads, d] @param v [batch, keys, keyHeads, dv]
 * @returns [batch, queries, heads, dv]
 */
export function attend(q: Tensor, k: Tensor, v: Tensor, options: AttendOptions): Tensor {
  const { scale, keyMask, segments, hooks, layer, window = 0, cap = 0 } = options;
  const isPlain = cap === 0 && (window === 0 || k.shape[1]! <= window);
  const heads =
    hooks?.scores || hooks?.pattern || !isPlain
      ? stepByStep(q, k, v, options)
      : scaledDotProductAttention(q, k, v, { isCausal: true, scale, keyMask, segments });
  return applyHook(hooks, "headOutput", layer, heads);
}

/** [batch, seq, keyHeads, d] -> [batch, heads, seq, d] */
function perQueryHead(x: Tensor, heads: number): Tensor {
  const repeats = heads / x.shape[2]!;
  const wide = repeats === 1 ? x : x.repeatInterleave(repeats, 2);
  return wide.transpose(1, 2);
}

function stepByStep(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  { scale, window = 0, cap = 0, keyMask, segments, hooks, layer }: AttendOptions,
): Tensor {
  const heads = q.shape[2]!;
  const raw = matmul(q.transpose(1, 2), perQueryHead(k, heads).transpose(-1, -2)).mul(scale);
  const capped = cap > 0 ? raw.div(cap).tanh().mul(cap) : raw;
  const hidden = hiddenPairs([q.shape[1]!, k.shape[1]!], window, keyMask, segments);
  const scores = applyHook(hooks, "scores", layer, capped.maskedFill(hidden, -Infinity));
  // A row that attends to nothing has only −∞ scores: its probabilities are zeros, as in the fused kernel.
  const seesNothing = scores.amax({ dim: -1, keepDim: true }).eq(-Infinity);
  const pattern = where(seesNothing, 0, softmax(scores.maskedFill(seesNothing, 0)));
  return matmul(applyHook(hooks, "pattern", layer, pattern), perQueryHead(v, heads)).transpose(
    1,
    2,
  );
}

/** True where query i may not attend to key j: [1 or batch, 1, queries, keys] */
function hiddenPairs(
  [queries, keys]: readonly [number, number],
  window: number,
  keyMask: Tensor | null,
  segments: Tensor | null,
): Tensor {
  const hidden = new Int32Array(queries * keys);
  for (let i = 0; i < queries; i++) {
    const own = i + keys - queries;
    if (window > 0) hidden.fill(1, i * keys, i * keys + Math.max(0, own + 1 - window));
    hidden.fill(1, i * keys + own + 1, (i + 1) * keys);
  }
  let all = tensor(hidden, { dtype: "bool", shape: [1, 1, queries, keys] });
  if (keyMask) all = all.logicalOr(keyMask.eq(0).reshape([keyMask.shape[0]!, 1, 1, keys]));
  if (!segments) return all;
  const batch = segments.shape[0]!;
  const own = segments.narrow(1, keys - queries, queries).reshape([batch, 1, queries, 1]);
  return all.logicalOr(segments.reshape([batch, 1, 1, keys]).ne(own));
}
