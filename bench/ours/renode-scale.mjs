// node renode-scale.mjs <epsilon|exact> [check]: Totoro of 200 labelled nodes, by local push or exact to 1e-12, on a generated graph of
// 1 M nodes and 10 M edges, each listed once, with hubs. With `check`, five pushed rows beside power iteration. Prints one line of JSON.
import { personalizedPagerank, totoro } from "@deepgrain/renode";

const [epsilonText = "1e-4", mode] = process.argv.slice(2);
const isExact = epsilonText === "exact";
const epsilon = Number(epsilonText);
const [NODES, EDGES, LABELLED, CLASSES] = [1_000_000, 10_000_000, 200, 10];

/** Numbers in [0, 1) from a linear congruential generator modulo 2^32. */
let state = 12345;
const random = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
};

/** One end uniform, the other skewed towards low numbers, which become hubs. */
function generate() {
  const from = Int32Array.from({ length: EDGES }, () => Math.floor(random() * NODES));
  const offsets = new Int32Array(NODES + 1);
  for (const node of from) offsets[node + 1]++;
  for (let i = 0; i < NODES; i++) offsets[i + 1] += offsets[i];
  const targets = Int32Array.from({ length: EDGES }, () => Math.floor(random() ** 2 * NODES));
  return { order: NODES, offsets, targets };
}

const graph = generate();
const spacing = NODES / LABELLED;
const labels = new Int32Array(NODES).fill(-1);
for (let v = 0; v < LABELLED; v++) labels[v * spacing + (v % spacing)] = v % CLASSES;
const nodes = Array.from(labels.keys()).filter((node) => labels[node] >= 0);

/** Neighbours of each node, without loops and counting parallel edges once. */
function distinctDegrees() {
  const back = new Int32Array(NODES + 1);
  for (const node of graph.targets) back[node + 1]++;
  for (let i = 0; i < NODES; i++) back[i + 1] += back[i];
  const senders = new Int32Array(EDGES);
  const next = back.slice();
  for (let i = 0; i < NODES; i++)
    for (let e = graph.offsets[i]; e < graph.offsets[i + 1]; e++)
      senders[next[graph.targets[e]]++] = i;
  return Float64Array.from({ length: NODES }, (_, i) => {
    const out = graph.targets.subarray(graph.offsets[i], graph.offsets[i + 1]);
    const all = new Set(out);
    for (let e = back[i]; e < back[i + 1]; e++) all.add(senders[e]);
    all.delete(i);
    return Math.max(1, all.size);
  });
}

/** Largest error of the pushed rows over what is allowed: at most 1 when every entry is within its bound. */
function worstRow() {
  const chosen = nodes.slice(0, 5);
  const options = { selfLoops: false };
  const pushed = personalizedPagerank.rows(graph, chosen, { ...options, method: "push", epsilon });
  const exact = personalizedPagerank.rows(graph, chosen, { ...options, tolerance: 1e-10 });
  const degrees = distinctDegrees();
  let worst = 0;
  for (const [r, node] of chosen.entries()) {
    const found = new Float64Array(NODES);
    for (let e = pushed.offsets[r]; e < pushed.offsets[r + 1]; e++)
      found[pushed.indices[e]] = pushed.values[e];
    for (let e = exact.offsets[r]; e < exact.offsets[r + 1]; e++) {
      const x = exact.indices[e];
      const bound = epsilon * degrees[x] * Math.sqrt(degrees[node] / degrees[x]);
      worst = Math.max(worst, Math.abs(found[x] - exact.values[e]) / bound);
    }
  }
  return worst;
}

const start = performance.now();
const before = process.cpuUsage();
const options = { getNodeLabel: labels, selfLoops: false };
const result = totoro.detailed(graph, isExact ? options : { ...options, method: "push", epsilon });
const seconds = (performance.now() - start) / 1000;
const { user, system } = process.cpuUsage(before);
const cpuSeconds = (user + system) / 1e6;
const peakMiB = process.resourceUsage().maxRSS / 1024;
const { total, cover } = result;
const left = result.push?.left;
const line = {
  name: "renode-scale",
  epsilon: epsilonText,
  left,
  seconds,
  cpuSeconds,
  peakMiB,
  total,
  cover,
};
console.log(JSON.stringify(mode === "check" ? { ...line, worstOverBound: worstRow() } : line));
