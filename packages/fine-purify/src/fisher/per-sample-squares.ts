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

/** Parameters by how their gradients per row are had. */
export interface Coverage {
  /** For all rows in one backward pass. */
  readonly batched: readonly Tensor[];
  /** By a backward pass per row: weights of other layers, or used in more than one place, such as tied embeddings. */
  readonly looped: readonly Tensor[];
}

/** Relative difference above which a layer's rule does not describe its gradient; float32 rounding is far below. */
const AGREEMENT = 1e-3;

/** Squares below this share of the largest are rounding noise: those of key biases, whose gradient is 0 by symmetry. */
const NOISE = 1e-10;

/** Switches the wanted gradients of a module, and puts them back afterwards. */
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

/** Calls `see` with the gradients of one row alone. */
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

function differ(a: Float64Array, b: Float64Array, bound: number): boolean {
  for (let i = 0; i < a.length; i++) if (!(Math.abs(a[i]! - b[i]!) <= bound)) return true;
  return false;
}

/** The parameters whose sums by the rules equal the squares of an ordinary backward pass; null where all of them are 0. */
function agreeing(
  sums: ReadonlyMap<Tensor, Float64Array>,
  squares: ReadonlyMap<Tensor, Float64Array>,
): ReadonlySet<Tensor> | null {
  const most = Math.max(...[...squares.values()].map(largest));
  if (most === 0) return null;
  const agree = ([parameter, own]: [Tensor, Float64Array]) => {
    const other = squares.get(parameter)!;
    const bound = AGREEMENT * Math.max(largest(own), largest(other)) + NOISE * most;
    return !differ(own, other, bound);
  };
  return new Set([...sums].filter(agree).map(([parameter]) => parameter));
}

/** Those of `parameters` that belong to layers with rules. */
function candidatesOf(module: nn.Module, parameters: readonly Tensor[]): Tensor[] {
  const layers = watchedLayers(module);
  const own = new Set(layers.flatMap((layer) => [...layer.namedTensors()].map(([, t]) => t)));
  return parameters.filter((parameter) => own.has(parameter));
}

/**
 * Finds which parameters the rules of their layers describe: one row's squares by the rules must equal those of an ordinary
 * backward pass. Weights that are used elsewhere too, and layers that are called twice, do not pass. Rows whose gradient is 0
 * tell nothing and are passed over.
 *
 * @throws {PurifyError} `ERR_BACKEND` where the backend cannot be read at once
 */
export function coverage<Batch>(
  model: RowLosses<Batch>,
  batch: Batch,
  parameters: readonly Tensor[],
): Coverage {
  if (!getBackend().readSync)
    throw new PurifyError(
      "ERR_BACKEND",
      `fine-purify/diagonalFisher: backend ${getBackend().name} cannot be read at once; use wasm, blas or js`,
    );
  const candidates = candidatesOf(model.module, parameters);
  const zeros = () => new Map(candidates.map((p) => [p, new Float64Array(p.size)]));
  let batched: ReadonlySet<Tensor> | null = null;
  for (let row = 0; row < model.rowsOf(batch) && !batched && candidates.length > 0; row++) {
    const [byRules, ordinary] = [zeros(), zeros()];
    addBatched(model, model.row(batch, row), { of: byRules, weights: null, bufferBytes: 0 });
    withRowGradients(model, batch, row, candidates, (parameter, gradient) => {
      if (gradient) addSquares(ordinary.get(parameter)!, gradient, null);
    });
    batched = agreeing(byRules, ordinary);
  }
  return {
    batched: parameters.filter((parameter) => batched?.has(parameter)),
    looped: parameters.filter((parameter) => !batched?.has(parameter)),
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
