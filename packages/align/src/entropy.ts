import { type Tensor, tensor } from "@deepgrain/tensor-gpu";

/** The entropy of the next token's distribution at every position, in nats: [batch, length, vocabulary] → [batch, length]. */
export function tokenEntropies(logits: Tensor): Tensor {
  const log = logits.logSoftmax();
  return log.exp().mul(log).sum({ dim: -1 }).neg();
}

/** The mean entropy of the next token over marked positions. */
export function entropyOf(logits: Tensor, mask: Uint8Array): Tensor {
  const perPlace = tokenEntropies(logits);
  const marks = tensor(Float32Array.from(mask), { shape: perPlace.shape });
  return perPlace.mul(marks).sum().div(marks.sum());
}
