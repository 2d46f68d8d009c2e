import { crossEntropy, mseLoss, type Tensor, tensor } from "@deepgrain/tensor-gpu";
import { LmError } from "../errors";
import { IGNORED_LABEL } from "../model/positions";
import { checkedIds, type EncoderBatch } from "./encoder-batch";
import type { EncoderConfig } from "./encoder-config";

const labelError = (code: "ERR_SHAPE" | "ERR_RANGE", problem: string) =>
  new LmError(code, `lm/EncoderModel: ${problem}`);

function numbers(labels: ArrayLike<number>, count: number): Float32Array {
  if (labels.length !== count)
    throw labelError("ERR_SHAPE", `${count} labels needed, got ${labels.length}`);
  const bad = Array.from(labels).findIndex((label) => !Number.isFinite(label));
  if (bad >= 0)
    throw labelError("ERR_RANGE", `labels must be finite numbers, got ${labels[bad]} at ${bad}`);
  return Float32Array.from(labels);
}

interface TokenLabels {
  targets: Tensor;
  /** Labelled tokens of each row. */
  counts: Float32Array;
}

function tokenLabels(
  labels: ArrayLike<number>,
  tokens: EncoderBatch,
  vocabSize: number,
): TokenLabels {
  const { batch, length } = tokens;
  const given = Array.from(labels, (label) => (label === IGNORED_LABEL ? 0 : label));
  const ids = checkedIds("labels", given, { count: batch * length, below: vocabSize });
  const counts = new Float32Array(batch);
  for (let i = 0; i < ids.length; i++)
    if (labels[i] === IGNORED_LABEL) ids[i] = IGNORED_LABEL;
    else counts[Math.floor(i / length)]!++;
  return { targets: tensor(ids, { shape: [batch, length] }), counts };
}

function labelsOf(tokens: EncoderBatch): ArrayLike<number> {
  if (!tokens.labels) throw new LmError("ERR_MISSING", "lm/EncoderModel: the batch has no labels");
  return tokens.labels;
}

/**
 * The loss of logits against a batch's labels: cross-entropy over rows, squared error over rows, or cross-entropy over
 * labelled tokens.
 *
 * @param mean over all rows or labelled tokens; otherwise each row's own mean, [batch]
 * @throws {LmError} `ERR_MISSING` without labels, `ERR_SHAPE`, `ERR_RANGE` for labels that the head does not have, or
 *   if there is nothing to predict
 */
export function encoderLoss(
  logits: Tensor,
  tokens: EncoderBatch,
  { task, labels: classes, vocabSize }: EncoderConfig,
  mean: boolean,
): Tensor {
  if (task === "features")
    throw new LmError("ERR_STATE", "lm/EncoderModel: an encoder without a head has no loss");
  const labels = labelsOf(tokens);
  const { batch } = tokens;
  const reduction = mean ? "mean" : "none";
  if (task === "regression")
    return mseLoss(logits.reshape([batch]), tensor(numbers(labels, batch)), { reduction });
  if (task === "classification") {
    const targets = checkedIds("labels", labels, { count: batch, below: classes.length });
    return crossEntropy(logits, tensor(targets), { reduction });
  }
  const { targets, counts } = tokenLabels(labels, tokens, vocabSize);
  const empty = mean ? (counts.some((n) => n > 0) ? -1 : 0) : counts.indexOf(0);
  if (empty >= 0)
    throw labelError(
      "ERR_RANGE",
      mean ? "no token of the batch is labelled" : `no token of row ${empty} is labelled`,
    );
  if (mean) return crossEntropy(logits, targets);
  return crossEntropy(logits, targets, { reduction }).sum({ dim: 1 }).div(tensor(counts));
}
