import { trainValidationSplit } from "@deepgrain/datasets";
import { textSources } from "./text-sources";

/** Documents for training and for evaluation. */
export interface SplitTexts {
  train: string[];
  validation: string[];
}

/**
 * Moby Dick and the latest State of the Union addresses, as many as fit.
 * @param options.characters about how many in all; Moby Dick's 1.2 million come first
 */
export async function englishText({
  characters,
  signal,
}: {
  characters: number;
  signal: AbortSignal;
}): Promise<SplitTexts> {
  const chapters = await textSources.mobyDick(signal);
  const documents: string[] = [];
  let total = 0;
  for (const text of [...chapters, ...(await textSources.addresses(signal))]) {
    if (total + text.length > characters) break;
    documents.push(text);
    total += text.length;
  }
  return trainValidationSplit(documents, { validation: 0.06 });
}
