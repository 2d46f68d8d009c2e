import { createRequire } from "node:module";
import { dirname } from "node:path";
import {
  type CompilerLanguage,
  type CompilerMessage,
  collect,
  compilerMessages,
  trainValidationSplit,
} from "@deepgrain/datasets";

const require = createRequire(import.meta.url);

/** Names of the languages for prompts and the report. */
export const languageNames: Record<CompilerLanguage, string> = {
  cs: "Czech",
  de: "German",
  es: "Spanish",
  fr: "French",
  it: "Italian",
  ja: "Japanese",
  ko: "Korean",
  pl: "Polish",
  "pt-br": "Portuguese",
  ru: "Russian",
  tr: "Turkish",
  "zh-cn": "simplified Chinese",
  "zh-tw": "traditional Chinese",
};

/** One message as a conversation. */
export function translationChat({ english, translation }: CompilerMessage) {
  return [
    { role: "user", content: english },
    { role: "assistant", content: translation },
  ];
}

/** The TypeScript compiler's messages and their translation, for training and for looking how well it went. */
export async function translationTask(
  language: CompilerLanguage,
  signal: AbortSignal,
): Promise<{ train: CompilerMessage[]; validation: CompilerMessage[] }> {
  const from = dirname(require.resolve("typescript-5/package.json"));
  const messages = await collect(compilerMessages(language, { from, signal }));
  // Messages that differ only in their arguments stay on one side.
  return trainValidationSplit(messages, { validation: 0.06, key: ({ english }) => english });
}
