import type { PromptEncoder } from "@deepgrain/lm";
import { refuseBusy } from "../http/refusal";

/**
 * A prompt encoder that takes so many prompts at a time, those that wait included.
 * @throws {ServeError} `ERR_REQUEST`, status 429, for one more
 */
export function boundedPrompts(encoder: PromptEncoder, most: number): PromptEncoder {
  let count = 0;
  async function counted<T>(encode: () => Promise<T>): Promise<T> {
    if (count >= most) refuseBusy();
    count++;
    try {
      return await encode();
    } finally {
      count--;
    }
  }
  return {
    text: (text, options) => counted(() => encoder.text(text, options)),
    chat: (messages, options) => counted(() => encoder.chat(messages, options)),
    close: () => encoder.close(),
  };
}
