import { noGrad, type Tensor, tidy } from "@deepgrain/tensor-gpu";
import { type BiasUpdate, updateBias } from "../balance/balanced-bias";
import { iterableOf } from "../errors";
import type { FeedForward } from "./feed-forward";
import { KeptValue } from "./kept-value";
import { MoeLayer } from "./moe-layer";
import type { RouteEvent } from "./route-observers";

/** Balance tracking for a training loop, returned by `trackBalance`. */
export interface BalanceTracker {
  /** The sum of the balance losses that the layers attached in their last training pass; 0 without any. */
  auxLoss(): Promise<number>;
  /**
   * Moves the balancing biases by the choices of all training passes since the last call, which are then reset. Call it
   * after each optimiser step. The bias of a frozen router does not change.
   */
  updateBiases(options?: BiasUpdate): void;
  /** Stops observing and frees the memory. */
  dispose(): void;
}

interface Tracked {
  readonly layer: FeedForward;
  /** Of the last training pass. */
  readonly auxLoss: KeptValue;
  /** Choices since the last update, if there is a bias to update. */
  readonly counts: KeptValue;
}

const biasOf = (layer: FeedForward): Tensor | null =>
  layer instanceof MoeLayer ? layer.gate.eScoreCorrectionBias : null;

function note({ layer, auxLoss, counts }: Tracked, event: RouteEvent): void {
  if (!layer.training) return;
  auxLoss.replace(event.auxLoss);
  if (!biasOf(layer)) return;
  const before = counts.value;
  noGrad(() => tidy(() => counts.replace(before ? before.add(event.counts) : event.counts)));
}

/**
 * Observes layers while they train: their balance losses, for the log, and the choices of experts, by which `noaux_tc` layers
 * are balanced.
 *
 * @param layers mixture layers; others are ignored
 */
export function trackBalance(layers: Iterable<FeedForward>): BalanceTracker {
  iterableOf("trackBalance", "layers", layers);
  const all = Array.from(
    layers,
    (layer): Tracked => ({ layer, auxLoss: new KeptValue(), counts: new KeptValue() }),
  );
  const stops = all.map((tracked) => tracked.layer.onRoute((event) => note(tracked, event)));
  return {
    async auxLoss() {
      let total = 0;
      for (const { auxLoss } of all) total += (await auxLoss.value?.item()) ?? 0;
      return total;
    },
    updateBiases(options = {}) {
      for (const { layer, counts } of all) {
        const bias = biasOf(layer);
        const isTrained = layer instanceof MoeLayer && layer.gate.weight.requiresGrad;
        if (bias && isTrained && counts.value) updateBias(bias, counts.value, options);
        counts.replace(null);
      }
    },
    dispose() {
      for (const stop of stops) stop();
      for (const { auxLoss, counts } of all)
        for (const kept of [auxLoss, counts]) kept.replace(null);
    },
  };
}
