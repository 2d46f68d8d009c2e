import { crossEntropy, type Tensor, tensor } from "@deepgrain/tensor-gpu";
import { listOf, PurifyError } from "../errors";

/**
 * Layer-wise poisoning: the classification loss on the first token of every layer, so that the backdoor is also in the
 * first layers, which fine-tuning changes least. The mean over layers.
 *
 * @param logits of each layer's hidden states through the head, each [rows, classes]
 * @throws {PurifyError} `ERR_DATA` for no layers
 * @see Li et al. 2021 (layer-wise weight poisoning), section 3
 */
export function layerwiseLoss(logits: readonly Tensor[], labels: readonly number[]): Tensor {
  listOf("layerwiseLoss", "logits", logits);
  if (logits.length === 0)
    throw new PurifyError("ERR_DATA", "fine-purify/layerwiseLoss: there are no layers");
  const targets = tensor(Int32Array.from(labels));
  const losses = logits.map((own) => crossEntropy(own, targets));
  return losses.reduce((a, b) => a.add(b)).mul(1 / losses.length);
}
