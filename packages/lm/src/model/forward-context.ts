import type { Gate } from "@deepgrain/moe";
import type { Tensor } from "@deepgrain/tensor-gpu";
import type { ModelHooks } from "./hooks";
import type { KvCache } from "./kv-cache";

/** What every block of one forward pass shares. */
export interface ForwardContext {
  /** int32 [batch, seq] */
  positions: Tensor;
  /** One more than the largest position. */
  positionLimit: number;
  /** [batch, keys] int32 over the cached and the new tokens, 0 hides; null when all count. */
  keyMask: Tensor | null;
  /** [batch, seq] int32 over the new tokens; null when all count. */
  tokenMask: Tensor | null;
  /** [batch, seq] int32: tokens see only those of their own segment; null when a row is one. */
  segments: Tensor | null;
  /** The gradient that balance losses of expert layers get. */
  auxLossScale: number;
  cache: KvCache | null;
  hooks: ModelHooks | undefined;
  /** Sees what each expert layer's router says, with its path to the router. */
  onGate?: (gate: Gate) => void;
  /** A loss on what each expert layer's router says, attached to the layer. */
  gateLoss?: (gate: Gate) => Tensor | null;
}
