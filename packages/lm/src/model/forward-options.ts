import type { Gate } from "@deepgrain/moe";
import type { Tensor } from "@deepgrain/tensor-gpu";
import { optionsOf, refuseUnknown } from "../errors";
import type { ModelHooks } from "./hooks";
import type { KvCache } from "./kv-cache";
import type { LabelledBatch } from "./token-batch";

/** Options of a forward pass. */
export interface ForwardOptions {
  /** 1 for real tokens, 0 for padding, [batch, cached + seq]; default: the batch's mask, else all 1. */
  attentionMask?: ArrayLike<number> | undefined;
  /** Position of each new token, [batch, seq], whole numbers from 0; default: counted from the mask or the cache. */
  positions?: ArrayLike<number> | undefined;
  /** Keys and values of earlier tokens; the new ones are added to it. */
  cache?: KvCache | undefined;
  /** Functions that read or replace tensors inside the blocks; `scores` and `pattern` slow attention down. */
  hooks?: ModelHooks | undefined;
  /**
   * Receives the decision of each expert layer's router, on the tape unless gradients are checkpointed; call `keep()`
   * on tensors that must live longer.
   */
  onGate?: ((gate: Gate) => void) | undefined;
  /** A loss on the decision of each expert layer's router, attached to the layer; null for none. */
  gateLoss?: ((gate: Gate) => Tensor | null) | undefined;
  /**
   * The gradient that balance losses of expert layers receive during training; 1/n when gradients of n batches are
   * averaged. Default 1.
   */
  auxLossScale?: number | undefined;
}

/** The options of a pass over a batch, checked, with defaults. */
export function forwardOptions(where: string, tokens: LabelledBatch, options: ForwardOptions) {
  const {
    attentionMask = tokens.attentionMask,
    positions,
    cache,
    hooks,
    onGate,
    gateLoss,
    auxLossScale = 1,
    ...rest
  } = optionsOf(where, options);
  refuseUnknown(where, rest);
  return { attentionMask, positions, cache, hooks, onGate, gateLoss, auxLossScale };
}
