import { isRecomputing, keep, type nn, noGrad, type Tensor, tidy } from "@deepgrain/tensor-gpu";
import { choiceCounts } from "../balance/routing-shares";
import { functionOf } from "../errors";
import type { Gate } from "../router/top-k-gate";

/** The values of one routing, row-major. */
export interface RouteData {
  /** [tokens, topK]; −1 in hidden tokens */
  ids: Int32Array;
  /** [tokens, topK] */
  weights: Float32Array;
  /** [tokens, experts] */
  scores: Float32Array;
}

/** The routing of a forward pass, computed besides its output. */
export interface RouteReport {
  /** Sequences that the tokens form, in row order. */
  sequences: number;
  /** The balance losses that were attached to the output, alphas included; null where there was none. */
  auxLoss: Tensor | null;
  /** Share of the choices that were dropped; 0 in evaluation. */
  droppedFraction: number;
}

/** The event that observers get after a layer's forward pass. The tensors are valid during the call only. */
export interface RouteEvent extends Gate, RouteReport {
  /** The layer, and whether it was training. */
  layer: nn.Module & { name: string };
  /** float32 [experts]: choices of each expert, before dropping. */
  readonly counts: Tensor;
  /** The values, synchronously. @throws {TensorError} `ERR_BACKEND` on a backend that can only answer asynchronously */
  dataSync(): RouteData;
  /** The values, asynchronously. Call it during the callback; the promise may be awaited at any later time. */
  data(): Promise<RouteData>;
}

export type RouteObserver = (event: RouteEvent) => void;

const everywhere = new Set<RouteObserver>();

/**
 * Calls `observer` after each pass in which any layer of this package routes, whatever model it is in. Costs nothing without
 * observers. A layer's own `onRoute` observes only that layer.
 * @returns a function that stops it
 */
export function onRoute(observer: RouteObserver): () => void {
  functionOf("onRoute", "observer", observer);
  return subscribe(everywhere, observer);
}

export function subscribe(observers: Set<RouteObserver>, observer: RouteObserver): () => void {
  // A new function, so that one observer can be registered twice.
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

/** Whether a layer with these observers has any. */
export const hasObservers = (observers: ReadonlySet<RouteObserver>): boolean =>
  observers.size + everywhere.size > 0;

/** Calls all observers of this layer, unless a checkpoint repeats the pass for its gradients. */
export function reportRoute(
  layer: RouteEvent["layer"],
  observers: ReadonlySet<RouteObserver>,
  gate: Gate,
  { auxLoss, ...report }: RouteReport,
): void {
  if (isRecomputing() || !hasObservers(observers)) return;
  const [ids, weights, scores] = [gate.ids, gate.weights, gate.scores].map((t) => t.detach()) as [
    Tensor,
    Tensor,
    Tensor,
  ];
  let counts: Tensor | undefined; // for observers that ask, outside their scopes
  const event: RouteEvent = {
    layer,
    ids,
    weights,
    scores,
    ...report,
    auxLoss: auxLoss?.detach() ?? null,
    get counts() {
      const experts = scores.shape[1]!;
      counts ??= keep(tidy(() => noGrad(() => choiceCounts(ids, experts).reshape([experts]))));
      return counts;
    },
    dataSync: () =>
      ({
        ids: ids.dataSync(),
        weights: weights.dataSync(),
        scores: scores.dataSync(),
      }) as RouteData,
    data: () => readLater([ids, weights, scores]),
  };
  try {
    for (const observer of [...observers, ...everywhere]) observer(event);
  } finally {
    counts?.dispose();
  }
}
