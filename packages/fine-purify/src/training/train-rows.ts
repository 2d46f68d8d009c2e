import { type nn, optim, type Tensor, tensor } from "@deepgrain/tensor-gpu";
import type { FitEvent } from "@deepgrain/trainer";
import { having, listOf, optionsOf, PurifyError, refuseUnknown } from "../errors";
import { type FineTuneOptions, fineTune } from "./fine-tune";

/** Options of {@link trainRows}. */
export interface TrainRowsOptions<T>
  extends Pick<
    FineTuneOptions<T>,
    "loss" | "steps" | "epochs" | "lr" | "batchSize" | "seed" | "signal"
  > {
  /** Whether each row is rescaled to its initial norm after every step. Default true. */
  keepsNorm?: boolean | undefined;
}

const norm = (values: ArrayLike<number>): number => Math.hypot(...Array.from(values));

/**
 * Trains only some rows of one table, by SGD: for embedding poisoning, where only the trigger's row contains the
 * backdoor, and for the row of RAP's word. Everything else in the module stays the same bit for bit.
 *
 * @param table an embedding table of the module, [words, width]
 * @param rows indices of the rows to train
 * @throws {PurifyError} `ERR_RANGE` for rows outside of the table, `ERR_DATA` for no data; what `fit` throws
 * @see Yang et al. 2021 (embedding poisoning), section 3; Yang et al. 2021 (RAP), section 4
 */
export async function* trainRows<T>(
  module: nn.Module,
  table: Tensor,
  rows: readonly number[],
  data: readonly T[],
  options: TrainRowsOptions<T>,
): AsyncGenerator<FitEvent, void> {
  const {
    keepsNorm = true,
    loss,
    steps,
    epochs,
    lr = 0.01,
    batchSize,
    seed,
    signal,
    ...rest
  } = optionsOf("trainRows", options);
  refuseUnknown("trainRows", rest);
  having("trainRows", "table", table, "shape");
  listOf("trainRows", "rows", rows);
  const [words = 0, width = 0] = table.shape;
  const bad = rows.find((row) => !(Number.isInteger(row) && row >= 0 && row < words));
  if (rows.length === 0 || bad !== undefined)
    throw new PurifyError(
      "ERR_RANGE",
      `fine-purify/trainRows: rows must be from 0 to ${words - 1}, got ${bad ?? "none"}`,
      { fields: { row: bad } },
    );
  const before = [...module.namedTensors()].map(([, own]) => ({ own, wants: own.requiresGrad }));
  const at = (row: number) => table.narrow(0, row, 1);
  const first = rows.map((row) => norm(at(row).dataSync()));
  const mask = tensor(
    Float32Array.from({ length: words }, (_, row) => Number(rows.includes(row))),
    { shape: [words, 1] },
  );
  mask.isKept = true;
  for (const { own } of before) own.requireGrad(own === table);
  const remove = table.registerHook((gradient) => gradient.mul(mask));
  const restoreNorms = () => {
    for (const [i, row] of rows.entries()) {
      const values = at(row).dataSync() as Float32Array;
      const scale = first[i]! / (norm(values) || 1);
      at(row).set(values.map((value) => value * scale));
    }
  };
  try {
    yield* fineTune(module, data, {
      loss,
      steps,
      epochs,
      lr,
      batchSize,
      seed,
      signal,
      optimizer: (parameters) => new optim.SGD(parameters.map(([, own]) => own)),
      maxGradNorm: Infinity,
      afterStep: keepsNorm && width > 0 ? restoreNorms : undefined,
    });
  } finally {
    remove();
    mask.dispose();
    for (const { own, wants } of before) if (own.dtype === "float32") own.requireGrad(wants);
  }
}
