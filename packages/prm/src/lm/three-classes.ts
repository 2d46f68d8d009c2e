import { type Tensor, tensor } from "@deepgrain/tensor-gpu";
import { PrmError } from "../errors";

/** Indices of the classes in the outputs, in order of their labels 0, ½ and 1. */
const CLASSES = 3;

const column = (outputs: Tensor, index: number) =>
  outputs.narrow(1, index, 1).reshape([outputs.shape[0]!]);

/** ln(eᵃ + eᵇ) without overflow: b + softplus(a − b). */
const logAddExp = (a: Tensor, b: Tensor): Tensor => b.add(a.sub(b).softplus());

/**
 * The log-odds that a step is good, from the logits z of bad, neutral and good: their sigmoid is P(good) + P(neutral), or
 * P(good) alone.
 *
 * @param outputs z, [places, 3]
 * @param neutral the side on which neutral steps count. Default `good`
 * @returns [places], with gradient
 * @see Lightman et al. 2023 (PRM800K), which scores solutions both ways
 */
export function threeLogits(outputs: Tensor, neutral: "good" | "bad" = "good"): Tensor {
  const [bad, middle, good] = [0, 1, 2].map((index) => column(outputs, index)) as [
    Tensor,
    Tensor,
    Tensor,
  ];
  return neutral === "good" ? logAddExp(middle, good).sub(bad) : good.sub(logAddExp(bad, middle));
}

/**
 * The cross-entropy of three classes: `−Σ w ln softmax(z)_c` with class c = 2y.
 *
 * @param outputs z, [places, 3]
 * @param labels y: 0 bad, ½ neutral, 1 good; positions without weight are not read
 * @param weights weight of each position; for a mean they sum to 1
 * @returns a scalar with gradient
 * @throws {PrmError} `ERR_ARGUMENT` for another label, for sizes that differ, and for no places
 */
export function threeLoss(
  outputs: Tensor,
  labels: ArrayLike<number>,
  weights: ArrayLike<number>,
): Tensor {
  const [count = 0, width] = outputs.shape;
  if (count === 0 || width !== CLASSES || labels.length !== count || weights.length !== count)
    throw new PrmError(
      "ERR_ARGUMENT",
      `threeLoss: logits must be [places, 3] with a label and a weight for each place, got [${outputs.shape.join(", ")}], ${labels.length} and ${weights.length}`,
    );
  const shares = new Float32Array(CLASSES * count);
  for (let place = 0; place < count; place++) {
    if (weights[place] === 0) continue;
    const index = 2 * labels[place]!;
    if (index !== 0 && index !== 1 && index !== 2)
      throw new PrmError(
        "ERR_ARGUMENT",
        `threeLoss: label ${place + 1} must be 0, 0.5 or 1 for three classes, got ${labels[place]}`,
        { fields: { place: place + 1, label: labels[place] } },
      );
    shares[CLASSES * place + index] = weights[place]!;
  }
  return outputs
    .logSoftmax()
    .mul(tensor(shares, { shape: [count, CLASSES] }))
    .sum()
    .neg();
}
