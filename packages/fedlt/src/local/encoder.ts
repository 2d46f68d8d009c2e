import type { NamedTensors, ReadonlyTensors } from "../tensors/named-tensors";
import type { Random } from "../random/stream";

type MaybePromise<T> = T | Promise<T>;

/** A forward pass that remembers what its gradient needs. */
export interface EncoderPass {
  /** Shape [rows, width]. */
  readonly features: Float32Array;
  /**
   * Gradients of the encoder's weights, by name.
   * @param gradient of the loss with respect to the features, shape [rows, width]
   */
  backward(gradient: Float32Array): MaybePromise<NamedTensors>;
  /** New values of tensors that are no weights, such as running statistics. */
  readonly buffers?: NamedTensors;
}

/**
 * The part of a classifier below its linear heads. It holds no weights: they come with each call, so that one encoder
 * serves any number of clients.
 */
export interface Encoder {
  /** Numbers per input row. */
  readonly inputWidth: number;
  /** d, the numbers per row of features. */
  readonly width: number;
  /** First weights. */
  initialize(random: Random): MaybePromise<NamedTensors>;
  /** Features in evaluation mode, shape [rows, width]; `params` may hold other tensors besides. */
  encode(params: ReadonlyTensors, inputs: Float32Array, rows: number): MaybePromise<Float32Array>;
  /** A pass in training mode; `random` is for dropout. */
  forward(
    params: ReadonlyTensors,
    inputs: Float32Array,
    rows: number,
    random: Random,
  ): MaybePromise<EncoderPass>;
}
