import {
  type CompilerMessage,
  compilerLanguages,
  trainValidationSplit,
} from "@deepgrain/datasets";
import { englishText, type SplitTexts } from "./english-text";
import { splitDocuments } from "./split-documents";
import { messagesIn, textSources } from "./text-sources";

/** Kinds of text that models are trained on. */
export const domainNames = ["prose", "code", "messages", "licences"] as const;

export type DomainName = (typeof domainNames)[number];

/** Documents of one kind. */
export interface DomainTexts extends SplitTexts {
  name: DomainName;
}

/** Characters of licences, at most. */
const LICENCES = 700_000;

/**
 * The compiler's messages in every language. The same messages are held out in all of them, and those that differ only in
 * their arguments stay on one side.
 */
export async function splitMessages(
  signal: AbortSignal,
): Promise<Record<"train" | "validation", CompilerMessage[]>> {
  const messages = [];
  for (const language of compilerLanguages) messages.push(...(await messagesIn(language, signal)));
  return trainValidationSplit(messages, { key: ({ english }) => english });
}

/** A document per language, English among them. */
function messageDocuments(messages: readonly CompilerMessage[]): string[] {
  const english = [...new Set(messages.map((message) => message.english))];
  const translated = compilerLanguages.map((language) =>
    messages.filter((message) => message.language === language).map((own) => own.translation),
  );
  return [english, ...translated].map((lines) => lines.join("\n"));
}

/**
 * Texts of several kinds: Moby Dick and State of the Union addresses; TypeScript, Python and JavaScript; messages of the
 * TypeScript compiler in fourteen languages; software licences.
 * @param options.characters of prose, about
 */
export async function readDomains({
  characters,
  signal,
}: {
  characters: number;
  signal: AbortSignal;
}): Promise<DomainTexts[]> {
  const { typescript, python, javascript, licences } = textSources;
  const code = [typescript, python, javascript].map((read) => read(signal));
  const messages = await splitMessages(signal);
  return [
    { name: "prose", ...(await englishText({ characters, signal })) },
    { name: "code", ...trainValidationSplit((await Promise.all(code)).flat()) },
    {
      name: "messages",
      train: messageDocuments(messages.train),
      validation: messageDocuments(messages.validation),
    },
    { name: "licences", ...splitDocuments(await licences(signal), LICENCES) },
  ];
}
