import type { SplitTexts } from "../shared/texts/english-text";
import { splitDocuments } from "../shared/texts/split-documents";
import { linesAsDocuments, messagesIn, textSources } from "../shared/texts/text-sources";

/** One kind of text, as documents. */
export interface TextKind extends SplitTexts {
  name: string;
}

/** Running text and entries that are read from one list of documents. */
const lists = {
  speeches: textSources.addresses,
  novel: textSources.mobyDick,
  TypeScript: textSources.typescript,
  JavaScript: textSources.javascript,
  Python: textSources.python,
  licences: textSources.licences,
  glosses: textSources.glosses,
  phones: textSources.phones,
} as const;

/** The TypeScript compiler's messages in German, 25 in a document. */
async function messages(signal: AbortSignal): Promise<string[]> {
  const found = await messagesIn("de", signal);
  return linesAsDocuments(
    found.map(({ translation }) => translation),
    25,
  );
}

/**
 * Nine kinds of text: speeches, a novel, TypeScript, JavaScript, Python, licences, glosses of a dictionary, pronunciations, and a compiler's
 * messages in German. About a tenth of the documents of each is held out.
 * @param options.characters of each at most
 */
export async function textKinds({
  characters,
  signal,
}: {
  characters: number;
  signal: AbortSignal;
}): Promise<TextKind[]> {
  const all = { ...lists, "compiler messages": messages };
  const kinds: TextKind[] = [];
  for (const [name, read] of Object.entries(all))
    kinds.push({ name, ...splitDocuments(await read(signal), characters) });
  return kinds;
}
