import * as flags from "@deepgrain/command-line/flags/flags";
import { flagsFrom } from "@deepgrain/command-line/flags/flags-from";
import { fields } from "@deepgrain/renode/fields";
import { graphFormats } from "./graphs/graph-formats";

/** Which graph is read, and what its attributes are called. */
export const graphFlags = {
  graph: flags.file({
    required: true,
    help: "Graph: graphology JSON, .gexf or .graphml (elements at most 256 deep), an edge list (.csv, .tsv, .txt), .npz with edge_index, y and masks, or a folder as datasets.planetoid reads it",
  }),
  format: flags.choice(graphFormats, { help: "Format of --graph; by default taken from its name" }),
  nodes: flags.file({ help: "Nodes of an edge list: CSV with the columns id,label[,train]" }),
  labelAttribute: flags.text({ default: "label", help: "Node attribute with the class" }),
  trainAttribute: flags.text({
    default: "train",
    help: "Node attribute that marks the labelled nodes; if no node has it, all nodes with a class count",
  }),
  ogbSplit: flags.folder({
    help: "Folder with train.csv.gz, valid.csv.gz and test.csv.gz of OGB: the split, by the places of nodes in --graph",
  }),
  weightAttribute: flags.text({ default: "weight", help: "Edge attribute with the weight" }),
  edgeWeights: flags.toggle({
    default: true,
    help: "Use edge weights",
    negated: "Count every edge as 1",
  }),
};

/** How conflict is scored and turned into weights. */
export const weightingFlags = flagsFrom(fields.weights);

/** Which nodes count as labelled. */
export const splitFlags = flagsFrom(fields.split);

/** The flags of everything that scores a graph. */
export const scoringFlags = { ...graphFlags, ...weightingFlags, ...splitFlags };

const { network, loss, ...others } = fields.network;

/** Which network is trained, and how. */
export const networkFlags = {
  ...flagsFrom({ network, loss }),
  renode: flags.toggle({
    default: true,
    help: "Weigh the labelled nodes with ReNode, and train without it beside",
    negated: "Only train with all labelled nodes weighed alike",
  }),
  tam: flags.flag({ help: "Add TAM's margins" }),
  features: flags.text({
    default: "features",
    help: "Node attribute with a list of numbers; if no node has it, each node is its own feature",
  }),
  ...flagsFrom(others),
  initialSeed: flags.whole({ default: 0, help: "Seed of the initial weights and dropout" }),
};

/** The flags of `renode score`. */
export const scoreFlags = {
  ...scoringFlags,
  out: flags.outFile({
    help: "File for { total, nodes: [{ key, totoro, rank, weight }] }, nodes in graph order",
  }),
  json: flags.flag({ help: "Print the same with cover, homophily and warnings as JSON" }),
};

/** The flags of `renode weights`. */
export const weightsFlags = {
  ...scoringFlags,
  out: flags.outFile({
    required: true,
    help: "weights.csv, weights.npy (float32, one per node, 0 without a weight), graph.json or graph.gexf (with attributes), or graph.npz (x, edge_index, y, masks and weights, for PyTorch Geometric)",
  }),
  order: flags.file({ help: "Node order of the trainer, for .npy: one key per line" }),
  attribute: flags.text({ default: "renodeWeight", help: "Attribute for the weight" }),
};

/** The flags of `renode train`. */
export const trainFlags = {
  ...graphFlags,
  ...splitFlags,
  ...networkFlags,
  ...weightingFlags,
  out: flags.outFile({
    help: "File for the scores and every node's class, as JSON",
  }),
  json: flags.flag({ help: "Print them as JSON" }),
};

/** The flags of `renode draw`. */
export const drawFlags = {
  ...scoringFlags,
  out: flags.outFile({ required: true, help: "The page" }),
  title: flags.text({ default: "Conflict and weight", help: "Its title" }),
  iterations: flags.whole({
    max: 10_000,
    default: 200,
    help: "Iterations of ForceAtlas2, unless all nodes have x and y",
  }),
};
