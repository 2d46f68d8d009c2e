// node renode-wordnet.mjs: exact Totoro of 200 labelled nouns of WordNet at tolerance 1e-12. Prints a line of JSON.
import { wordnetNounGraph } from "@deepgrain/datasets";
import { totoro } from "@deepgrain/renode";

const LABELLED = 200;
const { nodes, source, target } = await wordnetNounGraph();
const offsets = new Int32Array(nodes.length + 1);
for (const from of source) offsets[from + 1]++;
for (let i = 0; i < nodes.length; i++) offsets[i + 1] += offsets[i];
const next = offsets.slice();
const targets = new Int32Array(source.length);
source.forEach((from, edge) => {
  targets[next[from]++] = target[edge];
});

const spacing = Math.floor(nodes.length / LABELLED);
const labels = new Int32Array(nodes.length).fill(-1);
for (let v = 0; v < LABELLED; v++) labels[v * spacing] = nodes[v * spacing].label;
const graph = { order: nodes.length, offsets, targets };
const start = performance.now();
const before = process.cpuUsage();
const { total, cover, labels: used } = totoro.detailed(graph, { getNodeLabel: labels });
const seconds = (performance.now() - start) / 1000;
const { user, system } = process.cpuUsage(before);
const line = {
  name: "renode-wordnet",
  nodes: nodes.length,
  edges: source.length,
  classes: new Set(used).size,
};
console.log(JSON.stringify({ ...line, seconds, cpuSeconds: (user + system) / 1e6, total, cover }));
