import type { CausalLM } from "@deepgrain/lm";
import { cat, crossEntropy, type Tensor, tensor, zeros } from "@deepgrain/tensor-gpu";
import type { StepBatch } from "./step-batches";

/** The tokens of all solutions, and from where to where in them those before each scored position lie. */
function solutionTokens({ places, starts }: Pick<StepBatch, "places" | "starts">) {
  const tokens: number[] = [];
  let first = 0;
  const spans = Array.from(places, (place, i): [number, number] => {
    if (starts[i] !== starts[i - 1]) first = tokens.length;
    for (let at = starts[i]! + tokens.length - first; at < place; at++) tokens.push(at);
    return [first, tokens.length];
  });
  return { tokens, spans };
}

/**
 * How much a model that reads solutions is surprised by the least likely token before each scored position: the largest
 * −ln p of a token given those before it, in nats.
 *
 * @param hidden last hidden states of the batch, [batch × length, hidden]
 * @returns [places, 1], with gradient
 */
export function surprise(
  model: CausalLM,
  hidden: Tensor,
  batch: Pick<StepBatch, "ids" | "places" | "starts">,
): Tensor {
  const { tokens, spans } = solutionTokens(batch);
  const before = tensor(Int32Array.from(tokens, (at) => at - 1));
  const targets = tensor(Int32Array.from(tokens, (at) => batch.ids[at]!));
  const each = crossEntropy(model.head(hidden.indexSelect(0, before)), targets, {
    reduction: "none",
  });
  const width = Math.max(...spans.map(([from, to]) => to - from));
  const table = new Int32Array(spans.length * width).fill(tokens.length); // Shorter ones end with a zero.
  for (const [i, [from, to]] of spans.entries())
    for (let at = from; at < to; at++) table[i * width + at - from] = at;
  return cat([each, zeros([1])])
    .indexSelect(0, tensor(table))
    .reshape([spans.length, width])
    .amax({ dim: 1, keepDim: true });
}
