import { AnchorsError, having, optionsOf, refuseUnknown } from "../errors";
import type { HookedModel } from "../model";
import type { Prompt } from "../prompts/prompt";
import { type Answer, type AnswerOptions, answers } from "../run/answers";
import { disposePast, type Past, pastHooks, readPast } from "../run/past";

/** Demonstrations reduced to some of their tokens, to be placed before queries. */
export interface CompressedContext {
  /** Tokens kept. */
  readonly tokens: number;
  /** Tokens of the demonstrations. */
  readonly demonstrationTokens: number;
  /** One more than the last kept position: where `"continue"` puts the query. */
  readonly nextPosition: number;
  /** Keys and values per layer, [1, tokens, heads, size]. */
  readonly past: Past;
  dispose(): void;
}

/**
 * Reads demonstrations once and keeps the keys and values of some of their tokens in every layer. Rotary keys keep their
 * rotation.
 *
 * @param demonstrations token ids
 * @param kept positions to keep, ascending
 * @returns the context, to be disposed by the caller
 * @throws {AnchorsError} `ERR_RANGE` for positions outside the demonstrations or not ascending
 * @see Wang et al. 2023, section 3.2
 */
export function compressedContext(
  model: HookedModel,
  demonstrations: ArrayLike<number>,
  kept: readonly number[],
): CompressedContext {
  having("compressedContext", "model", model, "config", "hiddenStates", "head");
  kept.forEach((position, i) => {
    const before = kept[i - 1] ?? -1;
    if (!Number.isSafeInteger(position) || position <= before || position >= demonstrations.length)
      throw new AnchorsError(
        "ERR_RANGE",
        `icl-anchors/compressedContext: kept positions must ascend from 0 to ${demonstrations.length - 1}, got ${position} after ${before}`,
        { fields: { position, before } },
      );
  });
  const past = readPast(model, demonstrations, { keep: kept });
  return {
    tokens: kept.length,
    demonstrationTokens: demonstrations.length,
    nextPosition: (kept.at(-1) ?? -1) + 1,
    past,
    dispose: () => disposePast(past),
  };
}

/** The part of a prompt that is read after the demonstrations. */
export function queryPrompt({ ids, queryStart = 0, target, classIds, gold }: Prompt): Prompt {
  return {
    ids: Array.from(ids).slice(queryStart),
    labelPositions: classIds.map(() => []),
    target: target - queryStart,
    classIds,
    gold,
  };
}

/** Options of {@link answerCompressed}. */
export interface CompressedOptions extends Omit<AnswerOptions, "hooks" | "firstPosition"> {
  /** Where the query's positions continue: after the last kept one, or from 0. Default `"continue"`. */
  queryPositions?: "continue" | "restart" | undefined;
}

/**
 * The answers to only the query blocks, on a compressed context.
 *
 * @param prompts their tokens from `queryStart` on are read; earlier tokens are not
 * @throws {AnchorsError} `ERR_LENGTH` when the query's positions pass the model's context, and as `answers`
 */
export function answerCompressed(
  model: HookedModel,
  context: CompressedContext,
  prompts: readonly Prompt[],
  options: CompressedOptions = {},
): Promise<Answer[]> {
  having("answerCompressed", "model", model, "config", "hiddenStates", "head");
  const {
    queryPositions = "continue",
    topK,
    batchSize,
    onProgress,
    signal,
    ...rest
  } = optionsOf("answerCompressed", options);
  refuseUnknown("answerCompressed", rest);
  const queries = prompts.map(queryPrompt);
  const firstPosition = queryPositions === "continue" ? context.nextPosition : 0;
  const longest = Math.max(0, ...queries.map(({ ids }) => ids.length));
  const limit = model.config.maxPositionEmbeddings;
  if (firstPosition + longest > limit)
    throw new AnchorsError(
      "ERR_LENGTH",
      `icl-anchors/answerCompressed: positions reach ${firstPosition + longest}, the model's context is ${limit}`,
      { fields: { positions: firstPosition + longest, context: limit } },
    );
  const hooks = context.tokens === 0 ? undefined : pastHooks([context.past]);
  return answers(model, queries, {
    topK,
    batchSize,
    onProgress,
    signal,
    firstPosition,
    hooks: hooks && (() => hooks),
  });
}
