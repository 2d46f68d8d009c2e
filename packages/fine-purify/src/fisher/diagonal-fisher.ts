import { takeTurn } from "@deepgrain/support";
import type { NamedTensors, Tensor } from "@deepgrain/tensor-gpu";
import { having, optionsOf, PurifyError, refuseUnknown } from "../errors";
import { addPerSampleSquares, type Coverage, coverage, type RowLosses } from "./per-sample-squares";

/** Options of {@link diagonalFisher}. */
export interface FisherOptions<Batch> {
  /** Parameters by the names of the result. Default: all of the module. */
  parameters?: ReadonlyMap<string, Tensor> | undefined;
  /**
   * Weight of each row's squares in each of several passes over a batch: for the true Fisher, one pass per class with the
   * rows' labels replaced and the model's probabilities as weights. Default: one pass over the batch itself, weight 1.
   */
  passes?: ((batch: Batch) => Iterable<{ batch: Batch; weights: Float64Array | null }>) | undefined;
  /** Maximum size of per-row gradients in memory, in bytes. Default 32 MiB. */
  bufferBytes?: number | undefined;
  /** Called after each batch. */
  onProgress?: ((progress: { batches: number; rows: number }) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/** The diagonal Fisher information, and how it was computed. */
export interface DiagonalFisher {
  /** Ĥ: mean over rows of the squared gradient of each row's own loss. */
  readonly fisher: NamedTensors;
  readonly rows: number;
  /** Names of the parameters whose rows went through one backward pass together. */
  readonly batched: readonly string[];
  /** Names of those that needed a backward pass per row. */
  readonly looped: readonly string[];
}

const namesOf = (parameters: ReadonlyMap<string, Tensor>, chosen: readonly Tensor[]): string[] => {
  const set = new Set(chosen);
  return [...parameters].filter(([, tensor]) => set.has(tensor)).map(([name]) => name);
};

/**
 * Ĥ_i = (1/n) Σ_(x, y) (∂ℓ(w; x, y)/∂w_i)²: the diagonal of the empirical Fisher information from gradients of single rows,
 * never the square of a mean gradient. Rows of a batch go through one forward and one backward pass together if the
 * layers allow it (linear layers, embeddings, layer norms, RMS norms); parameters of other layers, and shared ones,
 * need a backward pass per row. Sums are float64. Dropout is off.
 *
 * @param batches at least one row in total; each batch is one pass
 * @returns Ĥ by name, in float32
 * @throws {PurifyError} `ERR_DATA` for no rows, `ERR_NOT_FINITE` naming the parameter, `ERR_BACKEND` on backends that
 *   cannot be read synchronously; the signal's reason
 * @see Zhang et al. 2023 (arXiv 2305.04547), abstract; at which weights to take it is an option of the caller
 */
export async function diagonalFisher<Batch>(
  model: RowLosses<Batch>,
  batches: Iterable<Batch> | AsyncIterable<Batch>,
  options: FisherOptions<Batch> = {},
): Promise<DiagonalFisher> {
  having("diagonalFisher", "model", model, "module", "rowLosses");
  const {
    parameters: given,
    passes = (batch: Batch) => [{ batch, weights: null }],
    bufferBytes = 1 << 25,
    onProgress,
    signal,
    ...rest
  } = optionsOf("diagonalFisher", options);
  refuseUnknown("diagonalFisher", rest);
  const parameters = given ?? new Map(model.module.namedTensors());
  const wanted = [...parameters.values()].filter(({ dtype }) => dtype === "float32");
  const of = new Map(wanted.map((parameter) => [parameter, new Float64Array(parameter.size)]));
  const wasTraining = model.module.training;
  let covered: Coverage | undefined;
  let [rows, count] = [0, 0];
  model.module.eval();
  try {
    for await (const batch of batches) {
      for (const pass of passes(batch)) {
        await takeTurn();
        signal?.throwIfAborted();
        covered ??= coverage(model, pass.batch, of);
        addPerSampleSquares(model, pass.batch, covered, { of, weights: pass.weights, bufferBytes });
      }
      rows += model.rowsOf(batch);
      onProgress?.({ batches: ++count, rows });
    }
  } finally {
    model.module.train(wasTraining);
  }
  if (!covered || rows === 0)
    throw new PurifyError("ERR_DATA", "fine-purify/diagonalFisher: the clean data hold no rows");
  const fisher: NamedTensors = new Map();
  for (const [name, parameter] of parameters) {
    const sums = of.get(parameter);
    if (sums) fisher.set(name, { shape: parameter.shape, data: meanOf(name, sums, rows) });
    of.delete(parameter);
  }
  return {
    fisher,
    rows,
    batched: namesOf(parameters, covered.batched),
    looped: namesOf(parameters, covered.looped),
  };
}

function meanOf(name: string, sums: Float64Array, rows: number): Float32Array {
  const mean = new Float32Array(sums.length);
  for (let i = 0; i < mean.length; i++) {
    mean[i] = sums[i]! / rows;
    if (!Number.isFinite(mean[i]))
      throw new PurifyError(
        "ERR_NOT_FINITE",
        `fine-purify/diagonalFisher: the value of ${name} at ${i} is ${mean[i]}`,
        { fields: { name, index: i } },
      );
  }
  return mean;
}
