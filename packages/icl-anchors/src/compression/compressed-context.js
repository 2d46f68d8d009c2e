import { AnchorsError } from "../errors";
import { answers } from "../run/answers";
import { disposePast, pastHooks, readPast } from "../run/past";
/**
 * Reads demonstrations once and keeps the keys and values of some of their tokens in every layer. Rotary keys keep their
 * rotation.
 *
 * @param demonstrations token ids
 * @param kept positions to keep, ascending
 * @returns to be disposed by the caller
 * @throws {AnchorsError} `ERR_RANGE` for positions outside the demonstrations or not ascending
 * @see Wang et al. 2023, section 3.2
 */
export function compressedContext(model, demonstrations, kept) {
    kept.forEach((position, i) => {
        const before = kept[i - 1] ?? -1;
        if (!Number.isSafeInteger(position) || position <= before || position >= demonstrations.length)
            throw new AnchorsError("ERR_RANGE", `icl-anchors/compressedContext: kept positions must ascend from 0 to ${demonstrations.length - 1}, got ${position} after ${before}`, { fields: { position, before } });
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
export function queryPrompt({ ids, queryStart = 0, target, classIds, gold }) {
    return {
        ids: Array.from(ids).slice(queryStart),
        labelPositions: classIds.map(() => []),
        target: target - queryStart,
        classIds,
        ...(gold !== undefined && { gold }),
    };
}
/**
 * The answers to query blocks alone, on a compressed context.
 *
 * @param prompts their tokens from `queryStart` on are read; what is before is not
 * @throws {AnchorsError} `ERR_LENGTH` when the query's positions pass the model's context, and as `answers`
 */
export function answerCompressed(model, context, prompts, { queryPositions = "continue", ...options } = {}) {
    const queries = prompts.map(queryPrompt);
    const firstPosition = queryPositions === "continue" ? context.nextPosition : 0;
    const longest = Math.max(0, ...queries.map(({ ids }) => ids.length));
    const limit = model.config.maxPositionEmbeddings;
    if (firstPosition + longest > limit)
        throw new AnchorsError("ERR_LENGTH", `icl-anchors/answerCompressed: positions reach ${firstPosition + longest}, the model's context is ${limit}`, { fields: { positions: firstPosition + longest, context: limit } });
    const hooks = context.tokens === 0 ? undefined : pastHooks([context.past]);
    return answers(model, queries, {
        ...options,
        firstPosition,
        ...(hooks && { hooks: () => hooks }),
    });
}
