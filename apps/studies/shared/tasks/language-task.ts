import type { CompilerLanguage, CompilerMessage } from "@deepgrain/datasets";
import { splitMessages } from "../texts/text-domains";
import type { Pair, Task } from "./task";

/** Names of the languages. Both ways to write Chinese are one language. */
const languageNames: Readonly<Record<CompilerLanguage, string>> = {
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
  "zh-cn": "Chinese",
  "zh-tw": "Chinese",
};

/** Longer messages would not fit into a row with their answer. */
const LONGEST_MESSAGE = 60;

/**
 * Messages to name the language of. One kind of Chinese is left out, as a sixth of the answers would be Chinese otherwise,
 * and so are messages that read the same in two languages.
 */
function askable(messages: readonly CompilerMessage[]): Pair[] {
  const languages = new Map<string, Set<string>>();
  for (const { translation, english, language } of messages)
    languages.set(
      translation,
      (languages.get(translation) ?? new Set(translation === english ? ["en"] : [])).add(language),
    );
  return messages
    .filter(
      ({ translation, language }) =>
        language !== "zh-tw" &&
        translation.length <= LONGEST_MESSAGE &&
        languages.get(translation)!.size === 1,
    )
    .map(({ translation, language }) => ({
      prompt: translation,
      answer: languageNames[language],
    }));
}

/**
 * Messages of a compiler whose language is to be named. The same messages are held out in all languages, and a translation that
 * two messages share is not asked for where one of them is in training.
 */
export const languageTask: Task = {
  name: "languages",
  aim: "name the language of a compiler's message",
  longestAnswer: 8,
  async read(signal) {
    const { train, validation } = await splitMessages(signal);
    const known = new Set(train.map(({ translation }) => translation));
    const fresh = validation.filter(({ translation }) => !known.has(translation));
    return { train: askable(train), validation: askable(fresh) };
  },
};
