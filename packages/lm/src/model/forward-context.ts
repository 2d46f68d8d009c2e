import type { Gate } from "@deepgrain/moe";
import type { Tensor } from "@deepgrain/tensor-gpu";
import type { ModelHooks } from "./hooks";
import type { KvCache } from "./kv-cache";

/**
 * How latent attention reads what it cached: directly (`absorbed`), or through the keys and values of all heads, which are
 * rebuilt (`naive`).
 */
export type LatentMode = "absorbed" | "naive";

/** State shared by all blocks of one forward pass. */
export interface ForwardContext {
  /** int32 [batch, seq] */
  positions: Tensor;
  /** One more than the largest position. */
  positionLimit: number;
  /** [batch, keys] int32 over the cached and the new tokens, 0 hides; null if no token is masked. */
  keyMask: Tensor | null;
  /** [batch, seq] int32 over the new tokens; null if no token is masked. */
  tokenMask: Tensor | null;
  /** [batch, seq] int32: tokens attend only to their own segment; null if each row is one segment. */
  segments: Tensor | null;
  /** How latent attention reads its cache. */
  latentAttention: LatentMode;
  /** The gradient that balance losses of expert layers receive. */
  auxLossScale: number;
  cache: KvCache | null;
  hooks: ModelHooks | undefined;
  /** Receives the decision of each expert layer's router, with its gradient path. */
  onGate?: ((gate: Gate) => void) | undefined;
  /** A loss on the decision of each expert layer's router, attached to the layer. */
  gateLoss?: ((gate: Gate) => Tensor | null) | undefined;
}
