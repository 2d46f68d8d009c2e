/** A float32 tensor as it lies in memory: `data` holds prod(`shape`) numbers, row-major. */
export interface NamedTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Weights by name (Hugging Face names): the form in which weights cross package borders. */
export type NamedTensors = Map<string, NamedTensor>;
