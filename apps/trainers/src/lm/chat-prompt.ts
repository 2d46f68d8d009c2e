import { readFile } from "node:fs/promises";
import type { ChatMessage } from "@deepgrain/lm";
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
  return [...first, ...(await readMessagesFile(messages, `--messages: ${messages}`))];
}

/**
 * The turns of a JSON file.
 * @param name of the file, in errors
 * @throws {UsageError} when it cannot be read; {FormatError} naming the place in the file
 */
export async function readMessagesFile(path: string, name = path): Promise<ChatMessage[]> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    throw new UsageError(`${name} cannot be read as JSON (${(cause as Error).message})`);
  }
  return checkForm(json, messagesSchema, path);
}
