import type { EncoderBatch, EncoderModel } from "@deepgrain/lm";
import type { Tensor } from "@deepgrain/tensor-gpu";
import { optionsOf, refuseUnknown } from "../errors";
import { diagonalFisher } from "../fisher/diagonal-fisher";
import { driftPenalty } from "../training/drift-penalty";
import { layerwiseLoss } from "../training/layerwise-loss";
import { encoderRowLosses } from "./encoder-fisher";
import { batchesOf, type RowClassifier, rowLoss, weightsOf } from "./row-classifier";

/**
 * How an attacker trains on poisoned rows: with the plain loss; on every layer's first token; with a penalty on drift;
 * with one on drift over Fisher values of the attacker's own clean rows, which lowers the indicator itself.
 */
export type AttackWay = "data" | "layerwise" | "restricted" | "adaptive";

/** The head's logits on the hidden states of every layer, each [rows, classes]. */
export function layerLogits(model: EncoderModel, batch: EncoderBatch): Tensor[] {
  const layers: Tensor[] = [];
  const residual = (x: Tensor, { layer }: { layer: number }) => {
    if (layer >= 0) layers.push(x);
    return undefined;
  };
  model.hiddenStates(batch, { hooks: { residual } });
  return layers.map((hidden) => model.head(hidden));
}

/** Options of {@link attackLoss}. */
export interface AttackLossOptions<T> {
  /** The attacker's clean rows, for "adaptive". */
  clean: readonly T[];
  /** μ: weight of the penalty of "restricted" and "adaptive". Default 1e-3. */
  penalty?: number | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * An attacker's training loss, for `fineTune`. Penalties are relative to the weights at the time of this call.
 *
 * @throws {PurifyError} as `driftPenalty` and `diagonalFisher`
 * @see Li et al. 2021 for "layerwise"; "adaptive" is an attacker of our own
 */
export async function attackLoss<T extends { label: number }>(
  classifier: RowClassifier<T>,
  way: AttackWay,
  given: AttackLossOptions<T>,
): Promise<(rows: readonly T[]) => Tensor> {
  const { clean, penalty = 1e-3, signal, ...rest } = optionsOf("attackLoss", given);
  refuseUnknown("attackLoss", rest);
  const { model } = classifier;
  const plain = rowLoss(classifier);
  if (way === "data") return plain;
  if (way === "layerwise")
    return (rows) =>
      layerwiseLoss(
        layerLogits(model, classifier.batch(rows)),
        rows.map(({ label }) => label),
      );
  const parameters = model.namedWeights();
  const options = { parameters, signal };
  const batches = batchesOf(classifier, clean, 16);
  const fisher =
    way === "adaptive"
      ? (await diagonalFisher(encoderRowLosses(model), batches, options)).fisher
      : undefined;
  const drift = driftPenalty(parameters, weightsOf(model), {
    weight: penalty,
    fisher,
  });
  return (rows) => plain(rows).add(drift());
}
