import type { BatcherPort } from "../batcher/port";
import { type SentError, sentError } from "../batcher/port";
import { having } from "../errors";
import type { ChatMessage } from "../tokenizer";
import type { PromptEncoder, PromptOptions } from "./prompt-encoder";

/** A prompt as a message. */
export type SentPrompt =
  | { type: "text"; text: string; addSpecialTokens: boolean; isOpen: boolean }
  | { type: "chat"; messages: readonly ChatMessage[]; tools: readonly object[] | undefined };

/** From the side that has prompts. */
export type PromptQuestion =
  | { type: "encode"; id: number; prompt: SentPrompt; maxTokens: number }
  | { type: "leave"; id: number };

/** From the side that encodes them. */
export type PromptAnswer =
  | { type: "ids"; id: number; ids: Int32Array }
  | { type: "failed"; id: number; error: SentError };

const textIds = (
  encoder: PromptEncoder,
  { text, addSpecialTokens, isOpen }: Extract<SentPrompt, { type: "text" }>,
  options: PromptOptions,
) => encoder.text(text, { ...options, addSpecialTokens, isOpen });

/**
 * Offers a prompt encoder to whoever holds the other end of a port and calls `connectPromptEncoder`: in a thread that does
 * nothing else. What a prompt fails with is the answer to that prompt; when the port is closed, all are given up.
 */
export function servePromptEncoder(port: BatcherPort, encoder: PromptEncoder): void {
  having("servePromptEncoder", "port", port, "postMessage", "addEventListener");
  having("servePromptEncoder", "encoder", encoder, "text", "chat");
  const running = new Map<number, AbortController>();

  async function encode(id: number, prompt: SentPrompt, maxTokens: number): Promise<void> {
    const stop = new AbortController();
    running.set(id, stop);
    const options = { maxTokens, signal: stop.signal };
    try {
      const ids = await (prompt.type === "text"
        ? textIds(encoder, prompt, options)
        : encoder.chat(prompt.messages, { ...options, tools: prompt.tools }));
      port.postMessage({ type: "ids", id, ids: Int32Array.from(ids) } satisfies PromptAnswer);
    } catch (error) {
      port.postMessage({ type: "failed", id, error: sentError(error) } satisfies PromptAnswer);
    } finally {
      running.delete(id);
    }
  }

  port.addEventListener("message", ({ data }) => {
    const question = data as PromptQuestion;
    if (question.type === "leave") running.get(question.id)?.abort();
    else void encode(question.id, question.prompt, question.maxTokens);
  });
  port.addEventListener("close", () => {
    for (const stop of running.values()) stop.abort();
  });
  port.start?.();
}
