import { nn, type Tensor } from "@deepgrain/tensor-gpu";

/** One call of an observed layer: its input, and the gradient of its output. */
export interface LayerCall {
  readonly layer: WatchedLayer;
  /** The input of `forward`. */
  readonly input: Tensor;
  /** d loss / d output, of the output's shape. */
  readonly gradient: Tensor;
}

/** Layers whose per-row gradients can be computed from their input and the gradient of their output. */
export type WatchedLayer = nn.Linear | nn.Embedding | nn.LayerNorm | nn.RMSNorm;

const isWatched = (module: nn.Module): module is WatchedLayer =>
  module instanceof nn.Linear ||
  module instanceof nn.Embedding ||
  module instanceof nn.LayerNorm ||
  module instanceof nn.RMSNorm;

/** The layers of a module whose per-row gradients can be computed in one pass. */
export const watchedLayers = (module: nn.Module): WatchedLayer[] =>
  [...module.modules()].filter(isWatched);

/**
 * Runs `work` while every call of the layers is observed. Their parameters must not require gradients; if nothing
 * before a layer does, its output becomes a leaf, so that it receives a gradient.
 *
 * @param onCall called in the backward pass, once per call of a layer
 */
export function watching<T>(
  layers: readonly WatchedLayer[],
  onCall: (call: LayerCall) => void,
  work: () => T,
): T {
  try {
    for (const layer of layers) {
      const plain = layer.forward.bind(layer);
      layer.forward = (input: Tensor): Tensor => {
        const made = plain(input);
        const output = made.requiresGrad ? made : made.detach().requireGrad();
        output.registerHook((gradient) => {
          onCall({ layer, input, gradient });
          return undefined;
        });
        return output;
      };
    }
    return work();
  } finally {
    for (const layer of layers) Reflect.deleteProperty(layer, "forward"); // the class's own method again
  }
}
