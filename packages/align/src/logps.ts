import { causalTargets, IGNORED_LABEL, type LabelledBatch } from "@deepgrain/lm";
import { crossEntropy, type Tensor } from "@deepgrain/tensor-gpu";
import { AlignError, having, optionsOf, refuseUnknown } from "./errors";

/** The parts of a model that {@link sequenceLogps} needs; `CausalLM` of `@deepgrain/lm` has them. */
export interface LogitModel {
  /** Logits [batch, length, vocabulary] of the next token at every position. */
  forward(batch: LabelledBatch): Tensor;
}

/** Log-probabilities of a batch's labelled tokens. */
export interface SequenceLogps {
  /** Their sum per sequence, [batch]. */
  sums: Tensor;
  /** Per token, at the position before it; 0 where nothing is labelled, [batch, length]. */
  tokens: Tensor;
  /** Labelled tokens per sequence. */
  counts: Int32Array;
  /** 1 at the positions of `tokens` that predict a label, [batch × length]. */
  mask: Uint8Array;
}

/** Options of {@link logpsOf}. */
export interface LogpsOptions {
  temperature?: number | undefined;
}

function settingsOf(where: string, options: LogpsOptions) {
  const { temperature = 1, ...rest } = optionsOf(where, options);
  refuseUnknown(where, rest);
  return { temperature };
}

/** The logits of the distribution that a temperature samples from. */
export const atTemperature = (logits: Tensor, temperature: number): Tensor =>
  temperature === 1 ? logits : logits.div(temperature);

/** Labelled tokens that are predicted: the first token of a sequence never is. */
function predictionMask(labels: ArrayLike<number>, length: number): Uint8Array {
  return Uint8Array.from(labels, (_, i) =>
    i % length < length - 1 && labels[i + 1] !== IGNORED_LABEL ? 1 : 0,
  );
}

/**
 * The log-probabilities that logits give to the labelled tokens of a batch, with gradient:
 * log softmax(logits at t − 1, divided by the temperature)[label at t], summed per sequence and never averaged.
 *
 * @param logits [batch, length, vocabulary]
 * @param batch the tokens; labels of −100 are ignored, as in the model's loss
 * @param options.temperature that of the sampling whose log-probabilities are wanted, above 0. Default 1
 * @throws {AlignError} `ERR_SHAPE` when the size of the logits does not match; `LmError` `ERR_SHAPE` when that of the
 * labels does not
 */
export function logpsOf(
  logits: Tensor,
  batch: LabelledBatch,
  options: LogpsOptions = {},
): SequenceLogps {
  const { temperature } = settingsOf("logpsOf", options);
  having("logpsOf", "logits", logits, "shape");
  if (logits.rank !== 3 || logits.shape[0] !== batch.batch || logits.shape[1] !== batch.length)
    throw new AlignError(
      "ERR_SHAPE",
      `align/logpsOf: logits must have shape [${batch.batch}, ${batch.length}, vocabulary], got [${logits.shape.join(", ")}]`,
      { fields: { shape: logits.shape } },
    );
  const labels = labelsOf(batch);
  const mask = predictionMask(labels, batch.length);
  const counts = new Int32Array(batch.batch);
  for (let i = 0; i < mask.length; i++) counts[Math.floor(i / batch.length)]! += mask[i]!;
  const tokens = crossEntropy(
    atTemperature(logits, temperature),
    causalTargets(batch, labels, undefined),
    {
      ignoreIndex: IGNORED_LABEL,
      reduction: "none",
    },
  ).neg();
  return { sums: tokens.sum({ dim: -1 }), tokens, counts, mask };
}

/** The batch's labels; if it has none, its ids where the attention mask is 1. */
function labelsOf({ ids, labels, attentionMask }: LabelledBatch): ArrayLike<number> {
  if (labels) return labels;
  return Int32Array.from(ids, (id, i) => (attentionMask && !attentionMask[i] ? IGNORED_LABEL : id));
}

/**
 * The log-probabilities of a batch under a model, in one forward pass.
 * @throws as {@link logpsOf}, and errors of the model
 */
export const sequenceLogps = (
  model: LogitModel,
  batch: LabelledBatch,
  options: LogpsOptions = {},
): SequenceLogps => {
  const settings = settingsOf("sequenceLogps", options);
  having("sequenceLogps", "model", model, "forward");
  return logpsOf(model.forward(batch), batch, settings);
};
