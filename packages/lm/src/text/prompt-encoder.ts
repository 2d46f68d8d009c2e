import { having } from "../errors";
import type { ChatMessage, Tokenizer } from "../tokenizer";
import { type ChatTokenizer, chatPromptInTurns } from "./chat-prompt";

/** How a prompt is encoded. */
export interface PromptOptions {
  /** Most ids; a prompt with more is refused. Default Infinity. */
  maxTokens?: number | undefined;
  signal?: AbortSignal | undefined;
}

/** Options of {@link PromptEncoder.text}. */
export interface TextPromptOptions extends PromptOptions {
  /** Adds what the tokenizer puts around a text, such as BOS. Default true. */
  addSpecialTokens?: boolean | undefined;
  /** Leaves out an end token that would be put behind the text. Default true; a text that is to be embedded has its end. */
  isOpen?: boolean | undefined;
}

/** Options of {@link PromptEncoder.chat}. */
export interface ChatPromptEncoding extends PromptOptions {
  /** Functions that the model may call, as `chatPrompt` takes them. */
  tools?: readonly object[] | undefined;
}

/** Encodes the prompts of strangers, so that none holds the others: in slices, or in a thread. */
export interface PromptEncoder {
  /** The ids of a text, which is to be continued where it is open. @throws {LmError} as `encodeInTurns` of a tokenizer */
  text(text: string, options?: TextPromptOptions): Promise<number[]>;
  /**
   * The ids of a conversation up to where its answer begins, as `chatPrompt` finds them.
   * @throws {LmError} as `text`; `ERR_MISSING` without a template, `ERR_FORMAT` when it fails, `ERR_LIMIT` when it takes too long
   */
  chat(messages: readonly ChatMessage[], options?: ChatPromptEncoding): Promise<number[]>;
  /** Ends the connection to another thread; prompts that wait for it fail with `ERR_STATE`. */
  close(): Promise<void>;
}

/** A prompt encoder of this thread, which works in slices. */
export function createPromptEncoder(
  tokenizer: Omit<ChatTokenizer, "encode"> & Pick<Tokenizer, "encodeInTurns">,
): PromptEncoder {
  having("createPromptEncoder", "tokenizer", tokenizer, "encodeInTurns");
  return {
    text: (text, { isOpen = true, ...options } = {}) =>
      tokenizer.encodeInTurns(text, { ...options, isOpen }),
    chat: (messages, options) => chatPromptInTurns(tokenizer, messages, options),
    close: () => Promise.resolve(),
  };
}
