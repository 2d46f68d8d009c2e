/** A float32 tensor in memory: `data` holds prod(`shape`) numbers, row-major. */
export interface NamedTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Weights by name (Hugging Face names): the form in which packages exchange weights. */
export type NamedTensors = Map<string, NamedTensor>;
