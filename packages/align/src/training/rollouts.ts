import { type CausalLM, firstNotFinite, ignoreIndex, LmError } from "@deepgrain/lm";
import { AlignError, having, optionsOf, real, refuseUnknown, whole } from "../errors";
import { generateEngine, type RolloutEngine } from "./rollout-engine";

/** One sampled answer. */
export interface Answer {
  /** Index of its prompt. */
  prompt: number;
  promptIds: readonly number[];
  /** Its tokens, including the end token if one was sampled. */
  ids: readonly number[];
  /** False where the maximum length was reached first. */
  isComplete: boolean;
}

/** Options of {@link sampleAnswers}. */
export interface SampleOptions {
  /** Answers to each prompt, at least 1. Default 8. */
  groupSize?: number | undefined;
  /** Longest answer in tokens, at least 1. Default 64. */
  maxNewTokens?: number | undefined;
  /** Above 0. Default 1. */
  temperature?: number | undefined;
  /** Token that ends an answer. Default: the model's; null for none. */
  eosTokenId?: number | null | undefined;
  /** Parts of the random stream's seed. Default [0]. */
  seed?: readonly number[] | undefined;
  /** Continues the prompts. Default: `generate` of lm, in batches. */
  engine?: RolloutEngine | undefined;
  signal?: AbortSignal | undefined;
}

/** The options of a sampling that trainings hand on; group size and seed are theirs. */
export const samplingOf = ({
  maxNewTokens,
  temperature,
  eosTokenId,
  engine,
  signal,
}: Omit<SampleOptions, "groupSize" | "seed">): SampleOptions => ({
  maxNewTokens,
  temperature,
  eosTokenId,
  engine,
  signal,
});

/** @throws {AlignError} `ERR_CONTEXT` naming the first prompt that is empty or leaves no room for an answer */
function checkPrompts(
  prompts: readonly (readonly number[])[],
  limit: number,
  maxNewTokens: number,
): void {
  for (const [prompt, { length }] of prompts.entries())
    if (length === 0 || length + maxNewTokens > limit)
      throw new AlignError(
        "ERR_CONTEXT",
        `align/sampleAnswers: prompt ${prompt} must have 1 to ${limit - maxNewTokens} tokens beside ${maxNewTokens} new ones, got ${length}`,
        { fields: { prompt, tokens: length, maxNewTokens } },
      );
}

/** The error of an engine. Where the model's weights have become NaN or infinite, it names the first such tensor. */
async function explained(
  cause: unknown,
  model: CausalLM,
  prompts: readonly (readonly number[])[],
): Promise<unknown> {
  if (!LmError.isInstance(cause)) return cause;
  const asked = prompts.map((promptIds, prompt) => ({
    prompt,
    promptIds,
    ids: [],
    isComplete: false,
  }));
  const tensor = await firstNotFinite(model, collateAnswers(asked));
  if (tensor === undefined) return cause;
  return new AlignError(
    "ERR_NOT_FINITE",
    `align/sampleAnswers: no answer can be sampled: ${tensor} is the first tensor that is not finite; go back to an earlier checkpoint and lower the learning rate`,
    { fields: { tensor }, cause },
  );
}

/**
 * Samples `groupSize` answers to each prompt from a model, those of one prompt adjacent, all in one call of the
 * engine. The samples are determined by the weights and the seed.
 *
 * @param prompts token ids, none empty
 * @throws {AlignError} `ERR_RANGE` for options out of range; `ERR_CONTEXT` for a prompt that leaves no room for an answer;
 *   `ERR_SHAPE` for an engine that returns a wrong number of continuations; `ERR_NOT_FINITE` naming the first tensor
 * of a model whose
 *   numbers are not finite; `LmError` as `generate`; the signal's reason
 */
export async function sampleAnswers(
  model: CausalLM,
  prompts: readonly (readonly number[])[],
  options: SampleOptions = {},
): Promise<Answer[]> {
  const {
    groupSize = 8,
    maxNewTokens = 64,
    temperature = 1,
    eosTokenId = model?.config?.eosTokenId,
    seed = [0],
    engine = generateEngine(),
    signal,
    ...rest
  } = optionsOf("sampleAnswers", options);
  refuseUnknown("sampleAnswers", rest);
  whole("sampleAnswers", "groupSize", groupSize, { min: 1 });
  whole("sampleAnswers", "maxNewTokens", maxNewTokens, { min: 1 });
  real("sampleAnswers", "temperature", temperature, { above: 0 });
  having("sampleAnswers", "model", model, "config");
  checkPrompts(prompts, model.config.maxPositionEmbeddings, maxNewTokens);
  const eosTokenIds = eosTokenId === null ? [] : [eosTokenId].flat();
  const asked = prompts.flatMap((promptIds, prompt) =>
    Array.from({ length: groupSize }, () => ({ prompt, promptIds })),
  );
  const request = { maxNewTokens, temperature, eosTokenIds, seed, signal };
  const texts = asked.map(({ promptIds }) => promptIds);
  const continuations = await engine(model, texts, request).catch(async (error) => {
    throw await explained(error, model, prompts);
  });
  if (continuations.length !== asked.length)
    throw new AlignError(
      "ERR_SHAPE",
      `align/sampleAnswers: engine must return ${asked.length} continuations, got ${continuations.length}`,
      { fields: { asked: asked.length, returned: continuations.length } },
    );
  return asked.map((one, i) => {
    const ids = continuations[i]!;
    return { ...one, ids, isComplete: eosTokenIds.includes(ids.at(-1)!) };
  });
}

/** Prompts and answers as one batch padded on the right, with labels on the answers. */
export function collateAnswers(
  answers: readonly Pick<Answer, "promptIds" | "ids">[],
  padTokenId = 0,
) {
  const length = Math.max(...answers.map(({ promptIds, ids }) => promptIds.length + ids.length));
  const size = answers.length * length;
  const ids = new Int32Array(size).fill(padTokenId);
  const labels = new Int32Array(size).fill(ignoreIndex);
  const attentionMask = new Uint8Array(size);
  for (const [row, answer] of answers.entries()) {
    const [start, prompt] = [row * length, answer.promptIds.length];
    ids.set(answer.promptIds, start);
    ids.set(answer.ids, start + prompt);
    labels.set(answer.ids, start + prompt);
    attentionMask.fill(1, start, start + prompt + answer.ids.length);
  }
  return { ids, labels, attentionMask, batch: answers.length, length };
}
