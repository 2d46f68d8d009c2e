import { readFile } from "node:fs/promises";
import type { ChatMessage, Tokenizer } from "@deepgrain/lm";
import { z } from "zod";
import { UsageError } from "../cli/usage-error";
import { checkForm } from "../formats/read-json";

const messagesSchema = z.array(z.looseObject({ role: z.string(), content: z.string() })).min(1);

/** The turns given by the flags. @throws {FormatError} naming the place in the file */
export async function readMessages(
  prompt: string | undefined,
  { system, messages }: { system: string | undefined; messages: string | undefined },
): Promise<ChatMessage[]> {
  const first = system === undefined ? [] : [{ role: "system", content: system }];
  if (messages === undefined) return [...first, { role: "user", content: prompt! }];
  let json: unknown;
  try {
    json = JSON.parse(await readFile(messages, "utf8"));
  } catch (cause) {
    throw new UsageError(
      `--messages: ${messages} cannot be read as JSON (${(cause as Error).message})`,
    );
  }
  return [...first, ...checkForm(json, messagesSchema, messages)];
}

/** The conversation as token ids, up to where the assistant's answer begins. */
export function chatIds(
  messages: readonly ChatMessage[],
  tokenizer: Tokenizer,
  template: string | undefined,
): number[] {
  const text = tokenizer.applyChatTemplate(messages, {
    addGenerationPrompt: true,
    template,
  });
  return tokenizer.encode(text, { addSpecialTokens: false });
}
