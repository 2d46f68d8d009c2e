import { type CompilerLanguage, trainValidationSplit } from "@deepgrain/datasets";
import { messagesIn } from "../texts/text-sources";
import type { TaskPairs } from "./task";

/** Longer messages would not fit into a sequence. */
const LONGEST_MESSAGE = 90;

/**
 * Messages of the TypeScript compiler to be translated. The same messages are held out in all languages, and messages that
 * differ only in their arguments stay on one side.
 */
export async function messagePairs(
  language: CompilerLanguage,
  signal: AbortSignal,
): Promise<TaskPairs> {
  const all = await messagesIn(language, signal);
  const { train, validation } = trainValidationSplit(all, { key: ({ english }) => english });
  const pairs = (messages: typeof all) =>
    messages
      .filter((m) => Math.max(m.english.length, m.translation.length) <= LONGEST_MESSAGE)
      .map((m) => ({ prompt: `${language}: ${m.english}`, answer: m.translation }));
  return { train: pairs(train), validation: pairs(validation) };
}
