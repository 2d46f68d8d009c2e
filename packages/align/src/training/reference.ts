import type { AttachedLora, CausalLM } from "@deepgrain/lm";
import { takeTurn } from "@deepgrain/support";
import { type nn, noGrad, type Tensor, tensor, tidy } from "@deepgrain/tensor-gpu";
import type { EncodedPair } from "../data/encode";
import { collatePairs, type PreferenceBatch } from "../data/preference-batches";
import { AlignError, finite, having, optionsOf, refuseUnknown, shape, whole } from "../errors";
import { type LogitModel, logpsOf, sequenceLogps } from "../logps";

/** Summed log-probabilities of every pair's answers under a reference, in the order of the pairs. */
export interface ReferenceLogps {
  chosen: Float32Array;
  rejected: Float32Array;
}

/** Where reference log-probabilities come from: a second model, precomputed numbers, or the policy without its adapter. */
export type Reference = LogitModel | ReferenceLogps;

/** The reference's log-probabilities for one batch. */
export interface ReferenceView {
  /** [2n], without gradient. */
  sums: Tensor;
  /** Present where the reference is a model that was run for this batch. */
  logits?: Tensor | undefined;
}

/** Runs a model in evaluation mode and without gradients. */
export function quietly<T>(model: LogitModel, run: () => T): T {
  const module = "train" in model ? (model as unknown as nn.Module) : undefined;
  const wasTraining = module?.training ?? false;
  module?.eval();
  try {
    return noGrad(run);
  } finally {
    module?.train(wasTraining);
  }
}

const isStored = (reference: Reference): reference is ReferenceLogps => "chosen" in reference;

/**
 * How a batch's reference is obtained: stored numbers are looked up, a model runs one pass, an adapter is disabled for
 * one pass.
 * @returns null without a reference
 * @throws {AlignError} `ERR_SHAPE` or `ERR_NOT_FINITE` for stored numbers that do not match the pairs
 */
export function referenceReader(
  model: CausalLM,
  pairs: number,
  { reference, lora }: { reference?: Reference | undefined; lora?: AttachedLora | undefined },
): ((batch: PreferenceBatch) => ReferenceView) | null {
  if (reference && isStored(reference)) {
    for (const side of ["chosen", "rejected"] as const) {
      shape("dpo", `reference.${side}`, [reference[side].length], [pairs]);
      finite("dpo", `reference.${side}`, reference[side]);
    }
    return ({ pairs: indices }) => ({
      sums: tensor(
        Float32Array.of(
          ...indices.map((index) => reference.chosen[index]!),
          ...indices.map((index) => reference.rejected[index]!),
        ),
      ),
    });
  }
  if (!reference && !lora) return null;
  const forward = (batch: PreferenceBatch) =>
    reference
      ? quietly(reference, () => reference.forward(batch))
      : quietly(model, () => lora!.withoutFactors(() => model.forward(batch)));
  return (batch) => {
    const logits = forward(batch);
    return { sums: noGrad(() => logpsOf(logits, batch).sums), logits };
  };
}

/** Options of {@link referenceLogps}. */
export interface ReferenceLogpsOptions {
  /** Pairs per pass. Default 8. */
  batchSize?: number | undefined;
  onProgress?: ((done: number, pairs: number) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * The log-probabilities of all pairs under a reference, computed once, so that training needs no second model.
 *
 * @throws {AlignError} `ERR_MISSING` without pairs; `ERR_NOT_FINITE` naming the first pair whose log-probability is not
 *   finite; the signal's reason on abort
 */
export async function referenceLogps(
  model: LogitModel,
  pairs: readonly EncodedPair[],
  options: ReferenceLogpsOptions = {},
): Promise<ReferenceLogps> {
  having("referenceLogps", "model", model, "forward");
  const { batchSize = 8, onProgress, signal, ...rest } = optionsOf("referenceLogps", options);
  refuseUnknown("referenceLogps", rest);
  if (pairs.length === 0)
    throw new AlignError("ERR_MISSING", "align/referenceLogps: there are no pairs");
  whole("referenceLogps", "batchSize", batchSize, { min: 1 });
  const result = {
    chosen: new Float32Array(pairs.length),
    rejected: new Float32Array(pairs.length),
  };
  for (let start = 0; start < pairs.length; start += batchSize) {
    await takeTurn();
    signal?.throwIfAborted();
    const count = Math.min(batchSize, pairs.length - start);
    const batch = collatePairs(
      pairs,
      Array.from({ length: count }, (_, i) => start + i),
    );
    const sums = tidy(() => quietly(model, () => sequenceLogps(model, batch).sums));
    const numbers = (await sums.data()) as Float32Array;
    sums.dispose();
    result.chosen.set(numbers.subarray(0, count), start);
    result.rejected.set(numbers.subarray(count), start);
    onProgress?.(start + count, pairs.length);
  }
  finite("referenceLogps", "chosen", result.chosen);
  finite("referenceLogps", "rejected", result.rejected);
  return result;
}
