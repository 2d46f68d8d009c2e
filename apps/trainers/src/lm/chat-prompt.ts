import type { ChatMessage } from "@deepgrain/lm";
import { readJson } from "@deepgrain/studies/shared/read-json";
import { z } from "zod";

const messagesSchema = z.array(z.looseObject({ role: z.string(), content: z.string() })).min(1);

/** The turns given by the flags. @throws {FormatError} naming the place in the file */
export async function readMessages(
  prompt: string | undefined,
  { system, messages }: { system: string | undefined; messages: string | undefined },
): Promise<ChatMessage[]> {
  const first = system === undefined ? [] : [{ role: "system", content: system }];
  if (messages === undefined) return [...first, { role: "user", content: prompt! }];
  return [...first, ...(await readMessagesFile(messages))];
}

/**
 * The turns of a JSON file.
 * @throws {FormatError} naming the place in the file; what reading throws
 */
export async function readMessagesFile(path: string): Promise<ChatMessage[]> {
  return readJson(path, messagesSchema);
}
