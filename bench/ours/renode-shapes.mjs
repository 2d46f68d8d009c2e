// node renode-shapes.mjs parallel|classes|ring: ReNode's weights of graphs whose shape attacks: a million parallel edges, 20,000
// classes of one isolated node each, or the same nodes in a ring. Prints a line of JSON.
import { renodeWeights } from "@deepgrain/renode";

const [shape] = process.argv.slice(2);
const [EDGES, CLASSES] = [1_000_000, 20_000];

/** Two nodes that are joined a million times. */
const parallel = () => ({
  order: 2,
  offsets: Int32Array.of(0, EDGES, EDGES),
  targets: new Int32Array(EDGES).fill(1),
});

/** As many nodes as classes, each joined to the next where `edges` is 1, to nobody where it is 0. */
const nodes = (edges) => ({
  order: CLASSES,
  offsets: Int32Array.from({ length: CLASSES + 1 }, (_, i) => edges * i),
  targets: Int32Array.from({ length: edges * CLASSES }, (_, i) => (i + 1) % CLASSES),
});

const graph = shape === "parallel" ? parallel() : nodes(shape === "ring" ? 1 : 0);
const getNodeLabel = Int32Array.from({ length: graph.order }, (_, i) => i);
const start = performance.now();
const before = process.cpuUsage();
const weights = renodeWeights(graph, { getNodeLabel });
const seconds = (performance.now() - start) / 1000;
const { user, system } = process.cpuUsage(before);
const peakMiB = process.resourceUsage().maxRSS / 1024;
const labelled = Object.keys(weights).length;
const cpuSeconds = (user + system) / 1e6;
console.log(
  JSON.stringify({ name: "renode-shapes", shape, labelled, seconds, cpuSeconds, peakMiB }),
);
