/** @file The script of the drawn page, as text: it expects `graphology` and `Sigma` as globals and the drawing as JSON. */
export const pageScript = `
const drawing = JSON.parse(document.getElementById("drawing").textContent);
const paint = (name) => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
// 0 blue, 1 red, as sigma reads colours: six digits.
const hue = (share) => {
  const channel = (n) => {
    const k = (n + (220 - 210 * share) / 30) % 12;
    return Math.round(255 * (0.5 - 0.375 * Math.max(-1, Math.min(k - 3, 9 - k, 1))));
  };
  return "#" + [0, 8, 4].map((n) => channel(n).toString(16).padStart(2, "0")).join("");
};
const range = drawing.maxWeight - drawing.minWeight;
const shares = {
  conflict: (node) => node.conflict,
  weight: (node) => (node.weight === null ? null : range === 0 ? 0.5 : (node.weight - drawing.minWeight) / range),
};
const colourOf = (node, by) => (shares[by](node) === null ? paint("plain") : hue(shares[by](node)));
const describe = (node) =>
  node.weight === null
    ? node.label + ": not labelled"
    : node.label + ": class " + node.class + ", conflict " + node.totoro.toPrecision(4) + ", weight " + node.weight.toFixed(3);

const graph = new graphology.MultiGraph();
const sizeOf = (node) => (node.weight === null ? 2 : 6);
const isLabelled = (node) => node.weight !== null;
// Labelled nodes last, so that they lie on top.
for (const node of [...drawing.nodes].sort((a, b) => isLabelled(a) - isLabelled(b)))
  graph.addNode(node.key, {
    x: node.x,
    y: node.y,
    label: node.label,
    size: sizeOf(node),
    color: colourOf(node, "conflict"),
  });
for (const [source, target] of drawing.edges)
  graph.addEdge(drawing.nodes[source].key, drawing.nodes[target].key, { size: 0.5, color: paint("edge") });

const byKey = new Map(drawing.nodes.map((node) => [node.key, node]));
const detail = document.getElementById("detail");
const show = (key) => {
  detail.textContent = describe(byKey.get(key));
  document.body.dataset.selected = key;
};
const nodeReducer = (_, data) => ({ ...data, labelColor: paint("text") });
const renderer = new Sigma(graph, document.getElementById("graph"), {
  nodeReducer,
  settings: { itemSizesReference: "screen" },
});
renderer.on("clickNode", ({ node }) => show(node));

// The scale has the colours of the nodes; its ends are those of what they show.
const stops = Array.from({ length: 13 }, (_, i) => hue(i / 12));
document.getElementById("legend").style.background = "linear-gradient(to right, " + stops.join(", ") + ")";
const conflicts = drawing.nodes.filter(isLabelled).map((node) => node.totoro);
const ends = {
  conflict: [conflicts.reduce((a, b) => Math.min(a, b)), conflicts.reduce((a, b) => Math.max(a, b))].map((x) => String(Number(x.toPrecision(3)))),
  weight: [drawing.minWeight, drawing.maxWeight].map((x) => x.toFixed(2)),
};
const colour = document.getElementById("colour");
const showEnds = () => ["low", "high"].forEach((id, i) => (document.getElementById(id).textContent = ends[colour.value][i]));
showEnds();
const recolour = () => {
  for (const node of drawing.nodes) graph.setNodeAttribute(node.key, "color", colourOf(node, colour.value));
};
colour.addEventListener("change", () => {
  recolour();
  showEnds();
  document.body.dataset.colour = colour.value;
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  recolour();
  graph.forEachEdge((edge) => graph.setEdgeAttribute(edge, "color", paint("edge")));
});
document.getElementById("search").addEventListener("input", ({ target }) => {
  const wanted = target.value.trim().toLowerCase();
  if (wanted === "") return;
  const isWhole = (node) => node.key.toLowerCase() === wanted || node.label.toLowerCase() === wanted;
  const found = drawing.nodes.find(isWhole) ?? drawing.nodes.find((node) => node.label.toLowerCase().includes(wanted));
  if (!found) {
    detail.textContent = "no node matches";
    return;
  }
  show(found.key);
  graph.forEachNode((key) => graph.setNodeAttribute(key, "size", key === found.key ? 14 : sizeOf(byKey.get(key))));
  const { x, y } = renderer.getNodeDisplayData(found.key);
  renderer.getCamera().animate({ x, y, ratio: 0.3 }, { duration: 300 });
});
document.body.dataset.ready = String(graph.order);
`;
