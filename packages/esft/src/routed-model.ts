/** @file The model interface of this package. `CausalLM` of `@deepgrain/lm` with `MoeLayer` of `@deepgrain/moe` implements it. */

/** The event that a layer emits when it routes tokens. */
export interface Route {
  /** Choices of experts, shape [tokens, topK]. */
  readonly ids: { readonly shape: readonly number[] };
  /** Sequences of equal length that the tokens form, in row order. */
  readonly sequences: number;
  /** The values; call it during the callback, the promise may be awaited later. */
  data(): Promise<{ readonly ids: Int32Array; readonly weights: Float32Array }>;
}

/** A layer whose routing can be observed. */
export interface ObservedLayer {
  readonly experts: { readonly count: number };
  /** The factor in every weight that the layer gives (`routed_scaling_factor`). Default 1. */
  readonly gateScale?: number | undefined;
  /** Calls `observer` at every routing. @returns a function that removes the observer */
  onRoute(observer: (route: Route) => void): () => void;
}

/** A layer whose experts can be trained one by one. */
export interface RoutedLayer extends ObservedLayer {
  readonly sharedExperts?: { requireGrad(value: boolean): unknown } | null | undefined;
  /** Which balance losses are attached during training, if the layer has this setting. */
  auxLoss?: "off" | "expert" | "all" | undefined;
  /** Trains only these experts; null trains all. */
  trainOnly(experts: readonly number[] | null): void;
}

/** A model that can be scored: its mixture-of-experts layers by block number. */
export interface ObservedModel {
  readonly moeLayers: ReadonlyMap<number, ObservedLayer>;
  /** True in training mode, if the model has modes; scoring switches to evaluation and back. */
  readonly training?: boolean | undefined;
  train?(mode: boolean): unknown;
}

/** A model whose weights can be read and overwritten by their Hugging Face names. */
export interface NamedModel {
  weightNames(): Iterable<string>;
  readWeight(
    name: string,
  ): Promise<{ readonly shape: readonly number[]; readonly data: Float32Array }>;
  writeWeight(name: string, data: Float32Array): void;
}

/** A model that can be specialised: scored, frozen except for some experts, and combined with adapters. */
export interface RoutedModel extends ObservedModel, NamedModel {
  readonly moeLayers: ReadonlyMap<number, RoutedLayer>;
  /** Enables or disables gradients for all weights. */
  requireGrad(value: boolean): unknown;
}
