import { join } from "node:path";
import { optionsOf, refuseUnknown, textOf } from "./errors";
import { type CitationGraph, parsePlanetoid } from "./parsers/parse-planetoid";
import { pathOf, readText } from "./read-bytes";

/**
 * Returns a citation graph from a folder with `nodes.csv` (`id,label,split,features`), `edges.csv`
 * (`source,target`) and `meta.json`: the fixed splits of Yang et al. in plain text.
 *
 * @param folder where the three files are
 * @throws {DatasetsError} `ERR_MISSING_FILE` when a file cannot be read, `ERR_FORMAT` when the files
 *   do not have this form or contradict each other
 * @see Yang, Cohen, Salakhutdinov 2016, "Revisiting Semi-Supervised Learning with Graph Embeddings"
 */
export async function planetoid(
  folder: string | URL,
  options: { signal?: AbortSignal | undefined } = {},
): Promise<CitationGraph> {
  if (!(folder instanceof URL)) textOf("planetoid", "folder", folder);
  const { signal, ...rest } = optionsOf("planetoid", options);
  refuseUnknown("planetoid", rest);
  const read = (name: string) => readText("planetoid", join(pathOf(folder), name), signal);
  const nodes = await read("nodes.csv");
  const edges = await read("edges.csv");
  return parsePlanetoid({ nodes, edges, meta: await read("meta.json") });
}
