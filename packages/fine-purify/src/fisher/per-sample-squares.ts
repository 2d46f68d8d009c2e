import { getBackend, type nn, type Tensor, tidy } from "@deepgrain/tensor-gpu";
import { PurifyError } from "../errors";
import { addSquares } from "./add-squares";
import { addRowGradients, type SquareSums } from "./row-gradients";
import { watchedLayers, watching } from "./watch-layers";

/** A module with the loss of each row of a batch. */
export interface RowLosses<Batch> {
  readonly module: nn.Module;
  /** The loss of each row as if it were alone, [rows]; rows must not depend on each other. */
  rowLosses(batch: Batch): Tensor;
  /** How many rows a batch has. */
  rowsOf(batch: Batch): number;
  /** One row as a batch of its own. */
  row(batch: Batch, index: number): Batch;
}

/** Parameters by how their per-row gradients are computed. */
export interface Coverage {
  /** For all rows in one backward pass. */
  readonly batched: readonly Tensor[];
  /** By a backward pass per row: weights of other layers, or used in more than one place, such as tied embeddings. */
  readonly looped: readonly Tensor[];
}

/**
 * Relative difference above which a layer's rule is considered not to hold for its gradient; float32 rounding is far
 * below.
 */
const AGREEMENT = 1e-3;

/** Squares below this share of the largest are rounding noise: those of key biases, whose gradient is 0 by symmetry. */
const NOISE = 1e-10;

/** Changes which parameters of a module require gradients, and restores the setting afterwards. */
function withGradients<T>(module: nn.Module, wanted: ReadonlySet<Tensor>, work: () => T): T {
  const all = [...module.namedTensors()].map(([, tensor]) => tensor);
  const before = all.map(({ requiresGrad, grad }) => ({ requiresGrad, grad }));
  try {
    for (const tensor of all)
      if (tensor.dtype === "float32") {
        tensor.grad = null;
        tensor.requireGrad(wanted.has(tensor));
      }
    return work();
  } finally {
    for (const [i, tensor] of all.entries()) {
      if (tensor.dtype === "float32") tensor.requireGrad(before[i]!.requiresGrad);
      tensor.grad = before[i]!.grad;
    }
  }
}

/** All rows in one forward and one backward pass. */
function addBatched<Batch>(model: RowLosses<Batch>, batch: Batch, sums: SquareSums): void {
  const { module } = model;
  withGradients(module, new Set(), () =>
    tidy(() =>
      watching(
        watchedLayers(module),
        (call) => addRowGradients(call, sums),
        () => model.rowLosses(batch).sum().backward(),
      ),
    ),
  );
}

/** Calls `see` with the gradients of a single row. */
function withRowGradients<Batch>(
  model: RowLosses<Batch>,
  batch: Batch,
  row: number,
  parameters: readonly Tensor[],
  see: (parameter: Tensor, gradient: Float32Array | null) => void,
): void {
  withGradients(model.module, new Set(parameters), () => {
    tidy(() => model.rowLosses(model.row(batch, row)).sum().backward());
    for (const parameter of parameters) {
      see(parameter, (parameter.grad?.dataSync() as Float32Array | undefined) ?? null);
      parameter.grad?.dispose();
      parameter.grad = null;
    }
  });
}

function largest(values: Float64Array): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) if (values[i]! > most) most = values[i]!;
  return most;
}

/** Those of `parameters` that belong to layers with rules. */
function candidatesOf(module: nn.Module, parameters: readonly Tensor[]): Tensor[] {
  const layers = watchedLayers(module);
  const own = new Set(layers.flatMap((layer) => [...layer.namedTensors()].map(([, t]) => t)));
  return parameters.filter((parameter) => own.has(parameter));
}

/** Whether sums equal the squares of a gradient, up to rounding. @param most the largest square of all parameters */
function areSquares(sums: Float64Array, gradient: Float32Array | null, most: number): boolean {
  const bound = AGREEMENT * largest(sums) + NOISE * most;
  for (let i = 0; i < sums.length; i++) {
    const square = (gradient?.[i] ?? 0) ** 2;
    if (!(Math.abs(sums[i]! - square) <= bound + AGREEMENT * square)) return false;
  }
  return true;
}

/**
 * Determines the parameters for which the rules of their layers hold: one row's squares by the rules must equal those
 * of an ordinary backward pass. Weights that are used elsewhere too, and layers that are called twice, do not pass.
 * Rows whose gradient is 0 give no information and are skipped.
 *
 * @param of all parameters with room for their sums, which is used as scratch space and left at 0
 * @throws {PurifyError} `ERR_BACKEND` if the backend cannot be read synchronously
 */
export function coverage<Batch>(
  model: RowLosses<Batch>,
  batch: Batch,
  of: ReadonlyMap<Tensor, Float64Array>,
): Coverage {
  if (!getBackend().readSync)
    throw new PurifyError(
      "ERR_BACKEND",
      `fine-purify/diagonalFisher: backend ${getBackend().name} cannot be read at once; use wasm, blas or js`,
    );
  const parameters = [...of.keys()];
  const candidates = candidatesOf(model.module, parameters);
  const batched = new Set<Tensor>();
  for (let row = 0; row < model.rowsOf(batch) && candidates.length > 0; row++) {
    addBatched(model, model.row(batch, row), { of, weights: null, bufferBytes: 0 });
    const most = Math.max(...candidates.map((parameter) => largest(of.get(parameter)!)));
    if (most === 0) continue;
    withRowGradients(model, batch, row, candidates, (parameter, gradient) => {
      if (areSquares(of.get(parameter)!, gradient, most)) batched.add(parameter);
    });
    break;
  }
  for (const sums of of.values()) sums.fill(0);
  return {
    batched: parameters.filter((parameter) => batched.has(parameter)),
    looped: parameters.filter((parameter) => !batched.has(parameter)),
  };
}

/**
 * Adds Σ_row weights[row] · (∂loss_row/∂w)² of every parameter, where the layer type allows it in one backward pass for all
 * rows.
 *
 * @param covered from {@link coverage}
 * @param sums takes the sums, by parameter
 */
export function addPerSampleSquares<Batch>(
  model: RowLosses<Batch>,
  batch: Batch,
  { batched, looped }: Coverage,
  { of, weights, bufferBytes }: SquareSums,
): void {
  const own = new Map(batched.map((parameter) => [parameter, of.get(parameter)!]));
  addBatched(model, batch, { of: own, weights, bufferBytes });
  if (looped.length === 0) return;
  for (let row = 0; row < model.rowsOf(batch); row++)
    withRowGradients(model, batch, row, looped, (parameter, gradient) => {
      if (gradient)
        addSquares(of.get(parameter)!, gradient, weights?.subarray(row, row + 1) ?? null);
    });
}
