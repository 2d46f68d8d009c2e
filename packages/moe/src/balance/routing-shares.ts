import { type Given, oneOf, options, whole } from "@deepgrain/support/schema";
import { noGrad, ones, scatterAdd, type Tensor, tidy, zeros } from "@deepgrain/tensor-gpu";
import { having, MoeError, read, shape } from "../errors";
import { tensorOrNull } from "../kinds";
import type { Gate } from "../router/top-k-gate";

/** How a population of tokens uses the experts; one row per population (the batch, or each sequence). */
export interface RoutingShares {
  /** f [populations, experts]: choices of each expert times N'/(K'·T), so that 1 is an equal share. A constant. */
  fractions: Tensor;
  /** P [populations, experts]: the mean score of each expert, differentiable. */
  probabilities: Tensor;
  /** T [populations, 1]: number of tokens that are not masked. */
  tokens: Tensor;
  /** Scalar: populations with at least one token. */
  populations: Tensor;
}

const populations = options({
  /**
   * Number of sequences of equal length in the batch, in row order; each is a population.
   */
  sequences: whole({ min: 1 }, 1),
  /** `tokens` elements, 0 masks a token; no mask by default, as in the official code. */
  tokenMask: tensorOrNull,
});

const sharing = options({
  ...populations,
  /** Sigmoid scores are divided by their sum over all experts first. */
  scoring: oneOf(["softmax", "sigmoid"], "softmax"),
});

export interface RoutingSharesOptions extends Given<typeof sharing> {}

/** 1 for each choice that is not masked, [populations, choices]. */
function choiceWeights(ids: Tensor, tokenMask: Tensor | null, shape: [number, number]): Tensor {
  const counted = tokenMask
    ? tokenMask.detach().reshape([ids.shape[0]!, 1]).ne(0).expand(ids.shape)
    : ids.ge(0);
  return counted.to({ dtype: "float32" }).reshape(shape);
}

/** How often each expert is chosen: float32 [populations, experts]. */
export function choiceCounts(
  ids: Tensor,
  experts: number,
  options: Given<typeof populations> = {},
): Tensor {
  const { sequences, tokenMask } = read(populations, "choiceCounts", options);
  const shape: [number, number] = [sequences, ids.size / sequences];
  return scatterAdd(
    zeros([sequences, experts]),
    1,
    ids.maximum(0).reshape(shape),
    choiceWeights(ids, tokenMask, shape),
  );
}

/** Number of tokens that are not masked, [populations, 1]. */
function tokenCounts(tokens: number, sequences: number, tokenMask: Tensor | null): Tensor {
  if (!tokenMask) return ones([sequences, 1]).mul(tokens / sequences);
  return tokenMask
    .detach()
    .ne(0)
    .to({ dtype: "float32" })
    .reshape([sequences, tokens / sequences])
    .sum({ dim: 1, keepDim: true });
}

function meanScores(
  scores: Tensor,
  total: Tensor,
  options: { sequences: number; scoring: "softmax" | "sigmoid"; tokenMask: Tensor | null },
): Tensor {
  const { sequences, scoring, tokenMask } = options;
  const [tokens, experts] = scores.shape as [number, number];
  const share =
    scoring === "sigmoid" ? scores.div(scores.sum({ dim: 1, keepDim: true }).add(1e-20)) : scores;
  const counted = tokenMask
    ? share.mul(tokenMask.detach().reshape([tokens, 1]).ne(0).to({ dtype: "float32" }))
    : share;
  return counted
    .reshape([sequences, tokens / sequences, experts])
    .sum({ dim: 1 })
    .div(total);
}

/**
 * The two factors of every balance loss: f, how often experts are chosen, and P, how high their scores are.
 *
 * @param gate ids [tokens, topK] before any dropping, scores [tokens, experts]
 * @throws {MoeError} `ERR_RANGE` when the sequences do not divide the tokens, `ERR_SHAPE` for a mask of another size
 * @see DeepSeekMoE (Dai et al. 2024), equations 12 to 14; DeepSeek-V3 (2024), equations 17 to 20
 */
export function routingShares(
  gate: Pick<Gate, "ids" | "scores">,
  options: RoutingSharesOptions = {},
): RoutingShares {
  const { sequences, scoring, tokenMask } = read(sharing, "routingShares", options);
  const { ids, scores } = having("routingShares", "gate", gate, "ids", "scores");
  const [tokens, experts] = scores.shape as [number, number];
  const topK = ids.shape[1]!;
  shape("routingShares", "ids", ids.shape, [tokens, -1]);
  if (tokenMask) shape("routingShares", "tokenMask", [tokenMask.size], [tokens]);
  if (tokens % sequences !== 0)
    throw new MoeError(
      "ERR_RANGE",
      `moe/routingShares: ${sequences} sequences must divide ${tokens} tokens`,
      { fields: { sequences, tokens } },
    );
  return tidy(() => {
    const { total, safe, fractions, populations } = noGrad(() => {
      const total = tokenCounts(tokens, sequences, tokenMask);
      const safe = total.maximum(1);
      const counts = choiceCounts(ids, experts, { sequences, tokenMask });
      const populations = total.gt(0).to({ dtype: "float32" }).sum().maximum(1);
      return { total, safe, fractions: counts.mul(experts / topK).div(safe), populations };
    });
    const probabilities = meanScores(scores, safe, { sequences, scoring, tokenMask });
    return { fractions, probabilities, tokens: total, populations };
  });
}
