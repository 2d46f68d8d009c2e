import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import type { RunCommand } from "@deepgrain/command-line/commands/define-command";
import type { Values } from "@deepgrain/command-line/flags/flags";
import {
  encodeNpy,
  type RenodeResult,
  scoresToCsv,
  toGraphScore,
  weightVector,
} from "@deepgrain/renode";
import { fromGraph } from "@deepgrain/renode/gnn";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import gexf from "graphology-gexf";
import type { AbstractGraph } from "graphology-types";
import type { weightsFlags } from "./flags";
import { npzFile } from "./npz-file";
import { type OpenGraph, scoreGiven } from "./open-graph";

const extensions = [".csv", ".npy", ".json", ".gexf", ".npz"] as const;
type Extension = (typeof extensions)[number];

/** The graph with `totoro`, `rank` and the weight as attributes of the labelled nodes. */
function attributed(
  graph: AbstractGraph,
  { keys, totoro, ranks, weights }: RenodeResult,
  weightAttribute: string,
): AbstractGraph {
  const scored = graph.copy();
  for (const [v, key] of keys.entries())
    scored.mergeNodeAttributes(key, {
      totoro: totoro[v]!,
      rank: ranks[v]!,
      [weightAttribute]: weights[v]!,
    });
  return scored;
}

async function orderOf(graph: AbstractGraph, path: string | undefined): Promise<string[]> {
  if (path === undefined) return graph.nodes();
  const text = await readFile(path, "utf8");
  return text.split(/\r?\n/).filter((line) => line !== "");
}

/** The graph, its split and the weights as arrays. */
function npzOf(
  { read, labels, drawn }: OpenGraph,
  result: RenodeResult,
  given: Values<typeof weightsFlags>,
) {
  const getEdgeWeight = given.edgeWeights ? given.weightAttribute : null;
  const data = fromGraph(read.graph, { ...labels, getEdgeWeight, getNodeFeatures: null });
  const weights = weightVector(toGraphScore(result), [...data.keys]);
  return npzFile({
    data,
    features: read.features,
    split: drawn?.split ?? read.split ?? data.split!,
    nodeValues: { [given.attribute]: weights },
  });
}

/** The content of a file of the given kind. */
async function contentOf(
  extension: Exclude<Extension, ".npz">,
  graph: AbstractGraph,
  result: RenodeResult,
  { attribute, order }: { attribute: string; order: string | undefined },
): Promise<string | Uint8Array> {
  const scored = toGraphScore(result);
  if (extension === ".csv") return scoresToCsv(scored);
  if (extension === ".npy") return encodeNpy(weightVector(scored, await orderOf(graph, order)));
  const written = attributed(graph, result, attribute);
  return extension === ".gexf" ? gexf.write(written) : `${JSON.stringify(written.export())}\n`;
}

/** `renode weights`. */
export const weights: RunCommand<typeof weightsFlags> = async (values, context) => {
  const { out, order, attribute, ...given } = values;
  const extension = extensions.find((known) => known === extname(out.path).toLowerCase());
  if (extension === undefined)
    throw new UsageError(`--out must end in ${extensions.join(", ")}, got ${out.path}`);
  if (order !== undefined && extension !== ".npy")
    throw new UsageError("--order goes with .npy only: the other files name their nodes");
  const { graph, result, open } = await scoreGiven(given, context);
  if (extension === ".npz") {
    const { bytes, classes } = npzOf(open, result, values);
    context.progress.note(`y: ${classes.join(", ")}`);
    await out.save([bytes]);
    return context.write(`${out.path}\n`);
  }
  const content = await contentOf(extension, graph, result, { attribute, order });
  await out.save(typeof content === "string" ? content : [content]);
  context.write(`${out.path}\n`);
};
