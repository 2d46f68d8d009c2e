import { extname } from "node:path";
import type { Features, NodeSplit } from "@deepgrain/renode/gnn";
import { isCitationFolder } from "@deepgrain/studies/renode/citation-files";
import { FormatError, readJson } from "@deepgrain/studies/shared/read-json";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import Graph, { MultiGraph } from "graphology";
import gexf from "graphology-gexf";
import graphml from "graphology-graphml";
import type { AbstractGraph, SerializedGraph } from "graphology-types";
import { z } from "zod";
import { readCitationGraph, readNpzGraph } from "./array-graphs";
import { checkMarkup } from "./check-markup";
import { readEdgeList } from "./edge-list";
import type { GraphFormat } from "./graph-formats";
import { assertTextSize, readGraphText } from "./graph-text";

/** A graph as it was read. Features and a split come with citation graphs and arrays. */
export interface ReadGraph {
  readonly graph: AbstractGraph;
  readonly features?: Features | undefined;
  readonly split?: NodeSplit | undefined;
  /** Whether it is a list of edges, whose nodes have no attributes of their own. */
  readonly isEdgeList?: boolean | undefined;
}

const formatOf: Readonly<Record<string, GraphFormat>> = {
  ".json": "json",
  ".gexf": "gexf",
  ".graphml": "graphml",
  ".csv": "edges",
  ".tsv": "edges",
  ".txt": "edges",
  ".edges": "edges",
  ".npz": "npz",
};

const attributes = z.record(z.string(), z.unknown()).optional();
const key = z.union([z.string(), z.number()]).transform(String);

/** graphology's export format. */
const serializedSchema = z.looseObject({
  options: z.looseObject({}).optional(),
  nodes: z.array(z.looseObject({ key, attributes })),
  edges: z.array(z.looseObject({ source: key, target: key, attributes })).default([]),
});

/** graphology's own error about a file, with the file's name. A parser that stumbles says nothing about the file. */
function parsed(path: string, kind: GraphFormat, parse: () => AbstractGraph): AbstractGraph {
  try {
    return parse();
  } catch (cause) {
    if (cause instanceof TypeError)
      throw new FormatError(`${path}: not a ${kind} graph`, { cause });
    throw new FormatError(`${path}: ${(cause as Error).message}`, { cause });
  }
}

async function readJsonGraph(path: string): Promise<AbstractGraph> {
  await assertTextSize(path);
  const { options, ...data } = await readJson(path, serializedSchema);
  return parsed(path, "json", () => {
    const graph = new Graph({ type: "mixed", multi: true, allowSelfLoops: true, ...options });
    graph.import(data as Partial<SerializedGraph>);
    return graph;
  });
}

async function readMarkup(path: string, kind: "gexf" | "graphml") {
  const text = await readGraphText(path);
  checkMarkup(text, path, kind);
  const parser = kind === "gexf" ? gexf : graphml;
  return parsed(path, kind, () => parser.parse(MultiGraph, text));
}

/**
 * A graph from a file in one of graphology's formats, a list of edges, or a folder in the form of `datasets.planetoid`.
 *
 * @param format default: by the file's extension
 * @param nodes table of nodes that goes with a list of edges
 * @throws {UsageError} for an unknown extension; {FormatError} for a file of another form; what reading throws
 */
export async function readGraph(
  path: string,
  { format, nodes }: { format?: GraphFormat | undefined; nodes?: string | undefined } = {},
): Promise<ReadGraph> {
  if (isCitationFolder(path)) return readCitationGraph(path);
  const kind = format ?? formatOf[extname(path).toLowerCase()];
  if (kind === undefined)
    throw new UsageError(
      `--graph must end in ${Object.keys(formatOf).join(", ")} or be a folder with nodes.csv, edges.csv and meta.json, got ${path}; otherwise say --format`,
    );
  if (nodes !== undefined && kind !== "edges")
    throw new UsageError("--nodes goes with a list of edges only");
  if (kind === "npz") return readNpzGraph(path);
  if (kind === "json") return { graph: await readJsonGraph(path) };
  if (kind === "edges") return { graph: await readEdgeList(path, nodes), isEdgeList: true };
  return { graph: await readMarkup(path, kind) };
}
