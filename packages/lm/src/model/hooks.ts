import type { Tensor } from "@deepgrain/tensor-gpu";

/** The place of a hook, which it gets besides the tensor. */
export interface HookSite {
  /** Block number from 0; −1 for the embeddings. */
  layer: number;
}

/** Receives a tensor of the forward pass; a returned tensor replaces it (with its gradient path). A hook that only looks returns nothing. */
// biome-ignore lint/suspicious/noConfusingVoidType: a function without `return`, such as one that only prints, is a hook too
export type TensorHook = (tensor: Tensor, site: HookSite) => Tensor | undefined | void;

/**
 * Points in every block where an analysis can read or replace activations. Unused hooks cost nothing. `scores` and
 * `pattern` make the block compute attention step by step instead of in the fused kernel, with the same result.
 */
export interface ModelHooks {
  /** Residual stream after the embeddings (layer −1) and after every block, [batch, seq, hidden]. */
  residual?: TensorHook | undefined;
  /** Query, key and value of each head after rotation, [batch, seq, heads, size]; keys and values before the cache. */
  query?: TensorHook | undefined;
  key?: TensorHook | undefined;
  value?: TensorHook | undefined;
  /** Scaled, masked attention scores before softmax, [batch, heads, queries, keys]; −Infinity where hidden. */
  scores?: TensorHook | undefined;
  /** Attention probabilities, [batch, heads, queries, keys]. */
  pattern?: TensorHook | undefined;
  /** Each head's sum of values, before the output projection, [batch, seq, heads, size]. */
  headOutput?: TensorHook | undefined;
  /** Output of attention, which is added to the residual stream, [batch, seq, hidden]. */
  attentionOutput?: TensorHook | undefined;
  /** Residual stream of a decoder between attention and the feed-forward part, [batch, seq, hidden]. */
  residualMiddle?: TensorHook | undefined;
  /** Output of the feed-forward part, which is added to the residual stream, [batch, seq, hidden]. */
  mlpOutput?: TensorHook | undefined;
}

/** A hook's result for a tensor: what it returns, else the tensor itself. */
export const hooked = (hook: TensorHook, tensor: Tensor, site: HookSite): Tensor =>
  (hook(tensor, site) as Tensor | undefined) ?? tensor;

/** Applies the hook of one place. */
export function applyHook(
  hooks: ModelHooks | undefined,
  name: keyof ModelHooks,
  layer: number,
  tensor: Tensor,
): Tensor {
  const hook = hooks?.[name];
  return hook ? hooked(hook, tensor, { layer }) : tensor;
}
