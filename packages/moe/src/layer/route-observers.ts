import type { nn, Tensor } from "@deepgrain/tensor-gpu";
import type { Gate } from "../router/top-k-gate";

/** The numbers of one routing, row-major. */
export interface RouteData {
  /** [tokens, topK]; −1 in hidden tokens */
  ids: Int32Array;
  /** [tokens, topK] */
  weights: Float32Array;
  /** [tokens, experts] */
  scores: Float32Array;
}

/** The event that observers get when a layer routes. The tensors are valid during the call only. */
export interface RouteEvent extends Gate {
  /** The layer that routes. */
  layer: nn.Module & { name: string };
  /** Sequences that the tokens form, in row order. */
  sequences: number;
  /** The numbers, at once. @throws {TensorError} `ERR_BACKEND` on a backend that can only answer asynchronously */
  dataSync(): RouteData;
  /** The numbers, when they are ready. Call it during the callback; await it any time later. */
  data(): Promise<RouteData>;
}

export type RouteObserver = (event: RouteEvent) => void;

const everywhere = new Set<RouteObserver>();

/**
 * Calls `observer` whenever any layer of this package routes, whatever model it is in. Costs nothing while nobody listens.
 * A layer's own `onRoute` listens to that layer alone.
 * @returns a function that ends the listening
 */
export function onRoute(observer: RouteObserver): () => void {
  return subscribe(everywhere, observer);
}

export function subscribe(observers: Set<RouteObserver>, observer: RouteObserver): () => void {
  // A function of its own, so that one observer may listen twice.
  const entry: RouteObserver = (event) => observer(event);
  observers.add(entry);
  return () => void observers.delete(entry);
}

async function readLater(tensors: readonly Tensor[]): Promise<RouteData> {
  const held = tensors.map((tensor) => tensor.alias());
  try {
    const [ids, weights, scores] = await Promise.all(held.map((tensor) => tensor.data()));
    return { ids, weights, scores } as RouteData;
  } finally {
    for (const tensor of held) tensor.dispose();
  }
}

/** Tells everybody who listens to this layer. */
export function reportRoute(
  layer: RouteEvent["layer"],
  observers: ReadonlySet<RouteObserver>,
  gate: Gate,
  sequences: number,
): void {
  if (observers.size === 0 && everywhere.size === 0) return;
  const [ids, weights, scores] = [gate.ids, gate.weights, gate.scores].map((t) => t.detach()) as [
    Tensor,
    Tensor,
    Tensor,
  ];
  const event: RouteEvent = {
    layer,
    ids,
    weights,
    scores,
    sequences,
    dataSync: () =>
      ({
        ids: ids.dataSync(),
        weights: weights.dataSync(),
        scores: scores.dataSync(),
      }) as RouteData,
    data: () => readLater([ids, weights, scores]),
  };
  for (const observer of [...observers, ...everywhere]) observer(event);
}
