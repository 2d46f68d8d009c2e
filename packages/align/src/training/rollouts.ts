import { type CausalLM, createRandom, generate, ignoreIndex, multinomial } from "@deepgrain/lm";
import { checkNumber, checkWhole } from "../checks";
import { AlignError } from "../errors";

/** One sampled answer. */
export interface Answer {
  /** Index of its prompt. */
  prompt: number;
  promptIds: readonly number[];
  /** Its tokens, with the end token where it came. */
  ids: readonly number[];
  /** False where the length ran out first. */
  isComplete: boolean;
}

/** Options of {@link sampleAnswers}. */
export interface SampleOptions {
  /** Answers to each prompt, at least 1. Default 8. */
  groupSize?: number;
  /** Longest answer in tokens, at least 1. Default 64. */
  maxNewTokens?: number;
  /** Above 0. Default 1. */
  temperature?: number;
  /** Ends an answer. Default: the model's; null for none. */
  eosTokenId?: number | null;
  /** Parts of the random stream's seed. Default [0]. */
  seed?: readonly number[];
  signal?: AbortSignal;
}

/**
 * Samples `groupSize` answers to each prompt from a model, those of one prompt side by side, by `generate` of `@deepgrain/lm`. What
 * is sampled follows from weights and seed.
 *
 * @param prompts token ids, none empty
 * @throws {AlignError} `ERR_RANGE` for options out of range; `ERR_CONTEXT` for a prompt that leaves no room for an answer;
 *   `LmError` as `generate`; the signal's reason on abort
 */
export async function sampleAnswers(
  model: CausalLM,
  prompts: readonly (readonly number[])[],
  options: SampleOptions = {},
): Promise<Answer[]> {
  const { groupSize = 8, maxNewTokens = 64, temperature = 1, seed = [0], signal } = options;
  const { eosTokenId = model.config.eosTokenId } = options;
  checkWhole("sampleAnswers", "groupSize", groupSize, 1);
  checkWhole("sampleAnswers", "maxNewTokens", maxNewTokens, 1);
  checkNumber("sampleAnswers", "temperature", temperature, { isOpen: true });
  const random = createRandom(seed).next;
  const sampler = (logits: Float32Array) =>
    multinomial(
      logits.map((logit) => logit / temperature),
      random,
    );
  const limit = model.config.maxPositionEmbeddings;
  const ends = eosTokenId === null ? [] : [eosTokenId].flat();
  const answers: Answer[] = [];
  for (const [prompt, promptIds] of prompts.entries()) {
    if (promptIds.length === 0 || promptIds.length + maxNewTokens > limit)
      throw new AlignError(
        "ERR_CONTEXT",
        `align/sampleAnswers: prompt ${prompt} must have 1 to ${limit - maxNewTokens} tokens beside ${maxNewTokens} new ones, got ${promptIds.length}`,
        { fields: { prompt, tokens: promptIds.length, maxNewTokens } },
      );
    const rows = Array.from({ length: groupSize }, () => promptIds);
    const ids = rows.map((): number[] => []);
    const generated = generate(model, rows, {
      maxNewTokens,
      sampler,
      eosTokenId,
      ...(signal && { signal }),
    });
    for await (const event of generated)
      for (const [row, id] of event.ids.entries()) if (id !== null) ids[row]!.push(id);
    for (const own of ids)
      answers.push({ prompt, promptIds, ids: own, isComplete: ends.includes(own.at(-1)!) });
  }
  return answers;
}

/** Prompts and answers as one batch padded on the right, with labels on the answers. */
export function collateAnswers(answers: readonly Answer[], padTokenId = 0) {
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
