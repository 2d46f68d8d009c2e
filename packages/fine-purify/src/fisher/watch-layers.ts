import { nn, type Tensor } from "@deepgrain/tensor-gpu";

/** One call of a watched layer: what went in, and the gradient that came back. */
export interface LayerCall {
  readonly layer: WatchedLayer;
  /** As `forward` got it. */
  readonly input: Tensor;
  /** d loss / d output, of the output's shape. */
  readonly gradient: Tensor;
}

/** Layers whose gradients per row follow from their input and the gradient of their output. */
export type WatchedLayer = nn.Linear | nn.Embedding | nn.LayerNorm | nn.RMSNorm;

const isWatched = (module: nn.Module): module is WatchedLayer =>
  module instanceof nn.Linear ||
  module instanceof nn.Embedding ||
  module instanceof nn.LayerNorm ||
  module instanceof nn.RMSNorm;

/** The layers of a module whose gradients per row can be had in one pass. */
export const watchedLayers = (module: nn.Module): WatchedLayer[] =>
  [...module.modules()].filter(isWatched);

/**
 * Runs `work` while every call of the layers is watched. Their parameters must not want gradients; where nothing before a
 * layer does, its output becomes a leaf, so that a gradient arrives.
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
    for (const layer of layers) Reflect.deleteProperty(layer, "forward"); // the class's own again
  }
}
