import { type ChatMessage, type ChatOptions, LmError } from "@deepgrain/lm";

/** A piece of an answer; the last one tells how many tokens the model has read and written. */
export interface AnswerPiece {
  text: string;
  /** The model's thoughts. */
  reasoning?: string | undefined;
  /** A call that is whole; its arguments are JSON. */
  call?: { name: string; arguments: string } | undefined;
  usage?: { promptTokens: number; completionTokens: number } | undefined;
}

/** Where answers come from. */
export interface ChatSource {
  /** A warning to the user before the first answer. */
  readonly warning: string | undefined;
  /** @throws {LmError} `ERR_RANGE` when the turns do not fit the model's context */
  answer(messages: readonly ChatMessage[], signal: AbortSignal): AsyncIterable<AnswerPiece>;
  close(): Promise<void>;
}

/** The error for a conversation that does not fit the context of its model. */
export const tooLong = (message: string) => new LmError("ERR_RANGE", `lm/chat: ${message}`);

export const isTooLong = (error: unknown) =>
  LmError.isInstance(error) && error.code === "ERR_RANGE";

/** How a source chooses tokens; temperature 0 takes the most likely one. */
export interface Choosing
  extends Pick<ChatOptions, "temperature" | "topK" | "topP" | "minP" | "repetitionPenalty"> {
  seed: number;
  maxNewTokens: number;
}
