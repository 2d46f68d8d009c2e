import type { Batcher } from "../batcher/batcher";
import { modelOrBatcher } from "../batcher/model-or-batcher";
import { having, listOf, optionsOf } from "../errors";
import type { CausalLM } from "../model/causal-lm";
import type { ChatMessage, Tokenizer } from "../tokenizer";
import type { ChatTemplateOptions } from "../tokenizer/chat-template";
import { type ChatTokenizer, chatPrompt } from "./chat-prompt";
import { type CompleteOptions, complete } from "./complete";
import type { PromptPiece, TextPiece } from "./text-piece";

/** Options of {@link chat}: those of `complete`, and of the template. */
export interface ChatOptions
  extends CompleteOptions,
    Pick<ChatTemplateOptions, "template" | "variables"> {
  /** At most so many new tokens. Default Infinity: to the end of the context or of the cache. */
  maxNewTokens?: number | undefined;
}

/**
 * Answers a conversation, in the form of the tokenizer's chat template. The answer ends at the model's end token or at
 * the tokenizer's.
 *
 * @param source a model, or a batcher that other callers use as well
 * @yields pieces of text as they are complete; the last one of each answer has `finishReason` and `usage`
 * @throws {LmError} `ERR_MISSING` without a template, `ERR_FORMAT` when it fails, otherwise as {@link complete}
 */
export async function* chat(
  source: CausalLM | Batcher,
  tokenizer: ChatTokenizer & Pick<Tokenizer, "decode">,
  messages: readonly ChatMessage[],
  options: ChatOptions = {},
): AsyncGenerator<TextPiece | PromptPiece, void> {
  const {
    template,
    variables,
    maxNewTokens = Number.POSITIVE_INFINITY,
    stopIds = [],
    ...others
  } = optionsOf("chat", options);
  modelOrBatcher("chat", source);
  having("chat", "tokenizer", tokenizer, "encode", "decode", "applyChatTemplate");
  listOf("chat", "messages", messages);
  const { eosTokenId } = tokenizer;
  const ids = chatPrompt(tokenizer, messages, { template, variables });
  const ends = eosTokenId === undefined || others.eosTokenId !== undefined ? [] : [eosTokenId];
  yield* complete(source, tokenizer, ids, {
    ...others,
    maxNewTokens,
    stopIds: [...stopIds, ...ends],
  });
}
