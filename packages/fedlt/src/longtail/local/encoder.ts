import type { Random } from "../../federation/random/stream";
import type { NamedTensors, ReadonlyTensors } from "../../federation/tensors/named-tensors";
import type { Dataset } from "../data/dataset";

type MaybePromise<T> = T | Promise<T>;

/** A forward pass with the values saved for its gradient. */
export interface EncoderPass {
  /** Shape [rows, width]. */
  readonly features: Float32Array;
  /**
   * Gradients of the encoder's weights, by name.
   * @param gradient of the loss with respect to the features, shape [rows, width]
   */
  backward(gradient: Float32Array): MaybePromise<NamedTensors>;
  /** New values of tensors that are not weights, such as running statistics. */
  readonly buffers?: NamedTensors | undefined;
}

/** The settings of a round of plain training: cross-entropy of one head, SGD with momentum and clipped gradients. */
export interface PlainTraining {
  /** Name of the head in the weights. */
  readonly head: string;
  readonly data: Dataset;
  /** Row indices of each mini-batch of an epoch. */
  readonly batches: (epoch: number) => readonly (readonly number[])[];
  readonly lr: number;
  readonly momentum: number;
  readonly epochs: number;
  readonly clip: number | null;
  readonly signal?: AbortSignal | undefined;
}

/** The result of local training. */
export interface LocalOutcome {
  readonly params: NamedTensors;
  /** Steps of SGD taken. */
  readonly steps: number;
  /** Mean loss over the last epoch's batches; NaN without steps. */
  readonly loss: number;
}

/**
 * The part of a classifier below its linear heads. It holds no weights: each call passes them, so that one encoder
 * can serve any number of clients.
 */
export interface Encoder {
  /** Numbers per input row. */
  readonly inputWidth: number;
  /** d, the numbers per row of features. */
  readonly width: number;
  /** Initial weights. */
  initialize(random: Random): MaybePromise<NamedTensors>;
  /** Features in evaluation mode, shape [rows, width]; `params` may contain other tensors too. */
  encode(params: ReadonlyTensors, inputs: Float32Array, rows: number): MaybePromise<Float32Array>;
  /** A pass in training mode; `random` is for dropout. */
  forward(
    params: ReadonlyTensors,
    inputs: Float32Array,
    rows: number,
    random: Random,
  ): MaybePromise<EncoderPass>;
  /** A whole round of plain training, if the encoder has a faster method: equal up to rounding. Otherwise undefined. */
  trainPlain?(
    params: ReadonlyTensors,
    training: PlainTraining,
  ): MaybePromise<LocalOutcome | undefined>;
}
