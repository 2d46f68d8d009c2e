/** @file What runs inside the drawn page, as text: it finds `graphology` and `Sigma` as globals and the drawing as JSON. */
export const pageScript = `
const drawing = JSON.parse(document.getElementById("drawing").textContent);
const GREY = "#c9ced6";
const hue = (share) => "hsl(" + Math.round(220 - 210 * share) + " 75% 48%)"; // 0 blue, 1 red
const range = drawing.maxWeight - drawing.minWeight;
const shares = {
  conflict: (node) => node.conflict,
  weight: (node) => (node.weight === null ? null : range === 0 ? 0.5 : (node.weight - drawing.minWeight) / range),
};
const colourOf = (node, by) => (shares[by](node) === null ? GREY : hue(shares[by](node)));
const describe = (node) =>
  node.weight === null
    ? node.label + ": not labelled"
    : node.label + ": class " + node.class + ", conflict " + node.totoro.toPrecision(4) + ", weight " + node.weight.toFixed(3);

const graph = new graphology.MultiGraph();
for (const node of drawing.nodes)
  graph.addNode(node.key, {
    x: node.x,
    y: node.y,
    label: node.label,
    size: node.weight === null ? 2 : 5,
    color: colourOf(node, "conflict"),
  });
for (const [source, target] of drawing.edges)
  graph.addEdge(drawing.nodes[source].key, drawing.nodes[target].key, { size: 0.5, color: "#e3e6ea" });

const byKey = new Map(drawing.nodes.map((node) => [node.key, node]));
const detail = document.getElementById("detail");
const show = (key) => {
  detail.textContent = describe(byKey.get(key));
  document.body.dataset.selected = key;
};
const renderer = new Sigma(graph, document.getElementById("graph"));
renderer.on("clickNode", ({ node }) => show(node));

document.getElementById("colour").addEventListener("change", ({ target }) => {
  for (const node of drawing.nodes) graph.setNodeAttribute(node.key, "color", colourOf(node, target.value));
  document.body.dataset.colour = target.value;
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
  graph.forEachNode((key) => graph.setNodeAttribute(key, "size", key === found.key ? 12 : byKey.get(key).weight === null ? 2 : 5));
  const { x, y } = renderer.getNodeDisplayData(found.key);
  renderer.getCamera().animate({ x, y, ratio: 0.3 }, { duration: 300 });
});
document.body.dataset.ready = String(graph.order);
`;
