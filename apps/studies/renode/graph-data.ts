import { join } from "node:path";
import { planetoid } from "@deepgrain/datasets";
import { fromCitation, type NodeData } from "@deepgrain/renode/gnn";
import { copyFile, makeFolder } from "@deepgrain/support/files";
import { fingerprintFiles } from "../shared/fingerprint";
import { UsageError } from "../shared/usage-error";
import type { WithData } from "../shared/with-data";
import { citationFiles, isCitationFolder } from "./citation-files";
import type { GraphName } from "./recipe";

const pathsOf = (folder: string): string[] => citationFiles.map((file) => join(folder, file));

/**
 * The folder that holds the graphs' folders: the given one, else the shared data beside the repository.
 * @throws {UsageError} where a graph is not there
 */
export function dataFolder(
  given: string | undefined,
  graphs: readonly GraphName[],
  resolve: (path: string) => string,
): string {
  const shared = process.env.DEEPGRAIN_SHARED ?? resolve("../shared");
  const folder = given ?? join(shared, "data");
  const missing = graphs.find((graph) => !isCitationFolder(join(folder, graph)));
  if (missing === undefined) return folder;
  throw new UsageError(
    `--data must be a folder with ${graphs.join(" and ")}, each with ${citationFiles.join(", ")}; ${join(folder, missing)} is not such a folder`,
  );
}

/** Fingerprints of the graphs. */
export async function fingerprintGraphs(
  folder: string,
  graphs: readonly GraphName[],
): Promise<WithData> {
  const entries = graphs.map(async (graph) => {
    const print = await fingerprintFiles(pathsOf(join(folder, graph)));
    return [graph, print] as const;
  });
  return { data: Object.fromEntries(await Promise.all(entries)) };
}

/** Copies the graphs to where the runs of a study read them. */
export async function copyGraphs(
  folder: string,
  artifacts: string,
  graphs: readonly GraphName[],
): Promise<void> {
  for (const graph of graphs) {
    await makeFolder(join(artifacts, graph));
    for (const file of citationFiles)
      await copyFile(join(folder, graph, file), join(artifacts, graph, file));
  }
}

const read = new Map<string, Promise<NodeData>>();

/** A graph, which is read once per thread. */
export function graphData(folder: string): Promise<NodeData> {
  const found = read.get(folder) ?? planetoid(folder).then(fromCitation);
  read.set(folder, found);
  return found;
}
