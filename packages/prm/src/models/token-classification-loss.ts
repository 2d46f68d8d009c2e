import { PrmError } from "../errors";
import { ignoreIndex } from "./trl-tokens";

/** Loss of a token classifier and its gradient. */
export interface TokenLoss {
  /** Mean cross-entropy over labelled tokens, in nats. */
  readonly loss: number;
  /** Share of labelled tokens whose larger logit is the label. */
  readonly accuracy: number;
  /** d loss / d logits, in the order of the logits. */
  readonly gradient: Float64Array;
  readonly labelled: number;
}

/**
 * The loss of a step classifier with classes [bad, good]: `−(1/n) Σ ln softmax(z)_y` over labelled tokens; others are
 * ignored. A reference for heads on tensors.
 *
 * @param logits [tokens × 2], row-major
 * @param labels 0 or 1 per token, −100 for none
 * @throws {PrmError} `ERR_ARGUMENT` where the sizes do not match, a label is neither, or there are no labels
 * @see Wang et al. 2024 (Math-Shepherd), equation 3
 */
export function tokenClassificationLoss(
  logits: ArrayLike<number>,
  labels: ArrayLike<number>,
): TokenLoss {
  if (logits.length !== 2 * labels.length)
    throw new PrmError(
      "ERR_ARGUMENT",
      `tokenClassificationLoss: ${labels.length} labels need ${2 * labels.length} logits, got ${logits.length}`,
    );
  const marked = Array.from(labels).flatMap((label, token) =>
    label === ignoreIndex ? [] : [token],
  );
  const odd = marked.find((token) => labels[token] !== 0 && labels[token] !== 1);
  if (odd !== undefined || marked.length === 0)
    throw new PrmError(
      "ERR_ARGUMENT",
      odd === undefined
        ? "tokenClassificationLoss: there are no labels"
        : `tokenClassificationLoss: label ${odd} must be 0, 1 or -100, got ${labels[odd]}`,
    );
  const gradient = new Float64Array(logits.length);
  let [loss, right] = [0, 0];
  for (const token of marked) {
    const label = labels[token]!;
    const logit = logits[2 * token + 1]! - logits[2 * token]!; // of class 1
    const signed = label === 1 ? -logit : logit;
    loss += Math.max(signed, 0) + Math.log1p(Math.exp(-Math.abs(signed))); // softplus
    const slope = (1 / (1 + Math.exp(-logit)) - label) / marked.length;
    gradient[2 * token] = -slope;
    gradient[2 * token + 1] = slope;
    if (logit > 0 === (label === 1)) right++;
  }
  return {
    loss: loss / marked.length,
    accuracy: right / marked.length,
    gradient,
    labelled: marked.length,
  };
}
