import { trainValidationSplit } from "@deepgrain/datasets";

/** Documents up to this many characters, the last one cut; about a tenth of them is held out. */
export function splitDocuments(documents: readonly string[], characters: number) {
  const kept: string[] = [];
  let total = 0;
  for (const text of documents) {
    if (total >= characters) break;
    kept.push(text.slice(0, characters - total));
    total += kept.at(-1)!.length;
  }
  return trainValidationSplit(kept);
}
