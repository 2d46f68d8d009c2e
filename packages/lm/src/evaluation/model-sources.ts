import type { Batcher } from "../batcher/batcher";
import { createBatcher } from "../batcher/create-batcher";
import { modelOrBatcher } from "../batcher/model-or-batcher";
import { having, LmError, optionsOf, refuseUnknown } from "../errors";
import type { CausalLM } from "../model/causal-lm";
import { chat } from "../text/chat";
import { complete } from "../text/complete";
import type { Tokenizer } from "../tokenizer";
import type { AnswerWriter } from "./evaluate-answers";
import type { ChoiceScorer } from "./evaluate-choices";

/** Ids of a text, without a token that ends it. */
function textIds(text: string, tokenizer: Tokenizer): number[] {
  const ids = tokenizer.encode(text);
  return ids.length > 0 && ids.at(-1) === tokenizer.eosTokenId ? ids.slice(0, -1) : ids;
}

/**
 * A context and what follows it, as ids. Spaces at the context's end belong to what follows, and its tokens are those of both
 * together beyond those of the context alone.
 */
function encodePair(context: string, continuation: string, tokenizer: Tokenizer) {
  const trimmed = context.trimEnd();
  const ids = textIds(context + continuation, tokenizer);
  const known = textIds(trimmed, tokenizer).length;
  if (known > 0) return { ids, known: Math.min(known, ids.length - 1) };
  const first = tokenizer.bosTokenId ?? tokenizer.eosTokenId;
  if (first === undefined)
    throw new LmError(
      "ERR_ARGUMENT",
      "lm/modelScorer: an empty prompt needs a token that begins texts",
    );
  return { ids: [first, ...ids], known: 1 };
}

/** The sum of the log-probabilities of a prompt's last tokens. */
async function lastTokens(batcher: Batcher, ids: number[], from: number, signal?: AbortSignal) {
  const request = { prompt: ids, maxNewTokens: 0, scorePrompt: true, logProbabilities: 0, signal };
  for await (const event of batcher.generate(request))
    if (event.type === "prompt")
      return event.scores.slice(from).reduce((sum, score) => sum + score!.logProbability, 0);
  throw new LmError("ERR_STATE", "lm/modelScorer: the batcher did not score the prompt");
}

/**
 * Scores continuations by a model. Prompts that do not fit its context lose their beginning.
 *
 * @throws {LmError} `ERR_RANGE` in a call for a continuation that does not fit the context alone
 */
export function modelScorer(model: CausalLM, tokenizer: Tokenizer): ChoiceScorer {
  having("modelScorer", "model", model, "config", "forward");
  having("modelScorer", "tokenizer", tokenizer, "encode");
  const most = model.config.maxPositionEmbeddings;
  return async (context, continuations, { signal }) => {
    const batcher = createBatcher(model, { maxSequences: Math.min(16, continuations.length) });
    let isTruncated = false;
    try {
      const sums = continuations.map((continuation) => {
        const { ids, known } = encodePair(context, continuation, tokenizer);
        const cut = Math.max(0, ids.length - most);
        if (known - cut < 1)
          throw new LmError(
            "ERR_RANGE",
            `lm/modelScorer: ${ids.length - known} tokens of a choice do not fit ${most} positions`,
            { fields: { tokens: ids.length - known, most } },
          );
        isTruncated ||= cut > 0;
        return lastTokens(batcher, ids.slice(cut), known - cut, signal);
      });
      return { logLikelihoods: await Promise.all(sums), isTruncated };
    } finally {
      await batcher.close();
    }
  };
}

/**
 * Writes answers by a model: the likeliest tokens.
 *
 * @param options.chat puts the prompt as a user's turn into the tokenizer's chat template. Default false
 * @throws {LmError} in a call: `ERR_MISSING` for a tokenizer without a template; as `complete`
 */
export function modelWriter(
  source: CausalLM | Batcher,
  tokenizer: Tokenizer,
  options: { chat?: boolean | undefined } = {},
): AnswerWriter {
  const { chat: isChat = false, ...rest } = optionsOf("modelWriter", options);
  refuseUnknown("modelWriter", rest);
  modelOrBatcher("modelWriter", source);
  having("modelWriter", "tokenizer", tokenizer, "encode", "decode");
  return async (prompt, { stop, maxNewTokens, signal }) => {
    const { eosTokenId } = tokenizer;
    const stopIds = eosTokenId === undefined ? [] : [eosTokenId];
    const limits = { stopStrings: stop, maxNewTokens, signal };
    const pieces = isChat
      ? chat(source, tokenizer, [{ role: "user", content: prompt }], limits)
      : complete(source, tokenizer, textIds(prompt, tokenizer), { ...limits, stopIds });
    let text = "";
    for await (const piece of pieces) text += piece.text;
    return text;
  };
}
