import { type CompilerMessage, compilerLanguages, trainValidationSplit } from "@deepgrain/datasets";
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

/** Characters of each other kind of text, as a share of those of prose. */
const OTHERS = 1 / 3;

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

/** Lists as one that takes from each in turn, so that its beginning has something of all. */
function interleaved<T>(lists: readonly (readonly T[])[]): T[] {
  const longest = Math.max(...lists.map(({ length }) => length));
  return Array.from({ length: longest }, (_, i) =>
    lists.flatMap((list) => list.slice(i, i + 1)),
  ).flat();
}

/** A document per language, English among them. @param characters of all of them, at most */
function messageDocuments(messages: readonly CompilerMessage[], characters: number): string[] {
  const english = [...new Set(messages.map((message) => message.english))];
  const translated = compilerLanguages.map((language) =>
    messages.filter((message) => message.language === language).map((own) => own.translation),
  );
  const all = [english, ...translated];
  return all.map((lines) => lines.join("\n").slice(0, Math.ceil(characters / all.length)));
}

/**
 * Texts of several kinds: Moby Dick and State of the Union addresses; TypeScript, Python and JavaScript; messages of the
 * TypeScript compiler in fourteen languages; software licences.
 * @param options.characters of prose, about; of each other kind there are a third as many, where it has them
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
  const others = OTHERS * characters;
  const documentsOf = (own: readonly CompilerMessage[]) => messageDocuments(own, others);
  return [
    { name: "prose", ...(await englishText({ characters, signal })) },
    { name: "code", ...splitDocuments(interleaved(await Promise.all(code)), others) },
    {
      name: "messages",
      train: documentsOf(messages.train),
      validation: documentsOf(messages.validation),
    },
    { name: "licences", ...splitDocuments(await licences(signal), others) },
  ];
}
