import { bceWithLogits, type Tensor, tensor } from "@deepgrain/tensor-gpu";
import { PrmError } from "../errors";

const vector = (numbers: ArrayLike<number>): Tensor => tensor(Float32Array.from(numbers));

function checkSizes(where: string, count: number, ...lists: ArrayLike<number>[]): void {
  const odd = lists.find(({ length }) => length !== count);
  if (odd || count === 0)
    throw new PrmError(
      "ERR_ARGUMENT",
      `${where}: ${count} scores need as many labels and weights, and at least one, got ${odd?.length ?? 0}`,
    );
}

/**
 * The loss of a process or outcome reward model on log-odds ℓ: `Σ w (softplus(ℓ) − y·ℓ)`, the binary cross-entropy without
 * overflow. Labels between 0 and 1 are weighted proportionally.
 *
 * @param logits ℓ, [places]
 * @param labels y, 0 to 1
 * @param weights weight of each position; for a mean they sum to 1
 * @returns a scalar with gradient
 * @throws {PrmError} `ERR_ARGUMENT` where sizes differ or the input is empty
 * @see Wang et al. 2024 (Math-Shepherd), equations 1 and 2
 */
export function stepLoss(
  logits: Tensor,
  labels: ArrayLike<number>,
  weights: ArrayLike<number>,
): Tensor {
  checkSizes("stepLoss", logits.size, labels, weights);
  return bceWithLogits(logits, vector(labels), { reduction: "none" }).mul(vector(weights)).sum();
}

/**
 * The same over the whole vocabulary, as Math-Shepherd's release was trained: the cross-entropy of the tag's own output
 * against the good or the bad token, `−Σ w (y ln p_good + (1 − y) ln p_bad)`.
 *
 * @param outputs logits at the tags, [places, vocabulary]; not shifted: the prediction after the tag is the verdict on
 * the step
 * @throws {PrmError} as {@link stepLoss}
 */
export function tagLoss(
  outputs: Tensor,
  labels: ArrayLike<number>,
  weights: ArrayLike<number>,
  { goodTokenId, badTokenId }: { goodTokenId: number; badTokenId: number },
): Tensor {
  const count = outputs.shape[0]!;
  checkSizes("tagLoss", count, labels, weights);
  const log = outputs.logSoftmax();
  const column = (id: number) => log.narrow(1, id, 1).reshape([count]);
  const each = Array.from(labels, (label, i) => label * weights[i]!);
  const rest = Array.from(weights, (weight, i) => weight - each[i]!);
  return column(goodTokenId)
    .mul(vector(each))
    .add(column(badTokenId).mul(vector(rest)))
    .sum()
    .neg();
}
