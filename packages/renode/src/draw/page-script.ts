/** @file What the drawn page does with its controls, as text: it expects `drawConflicts`, `graphology` and `Sigma`. */
export const pageScript = `
const drawing = JSON.parse(document.getElementById("drawing").textContent);
const scheme = matchMedia("(prefers-color-scheme: dark)");
const describe = (node) =>
  node.weight === null
    ? node.label + ": not labelled"
    : node.label + ": class " + node.class + ", conflict " + node.totoro.toPrecision(4) + ", weight " + node.weight.toFixed(3);
const detail = document.getElementById("detail");
const show = (node) => {
  detail.textContent = describe(node);
  document.body.dataset.selected = node.key;
};
const libraries = { MultiGraph: graphology.MultiGraph, Sigma };
const drawn = drawConflicts(document.getElementById("graph"), drawing, libraries, { onSelect: show });
const { graph } = drawn;

const colour = document.getElementById("colour");
const swatch = (background) => {
  const box = document.createElement("i");
  box.style.background = background;
  return box;
};
const showLegend = (legend) => {
  const parts =
    legend.kind === "scale"
      ? [legend.low, swatch("linear-gradient(to right, " + legend.colours.join(", ") + ")"), legend.high]
      : legend.classes.flatMap(([name, own]) => [swatch(own), name]);
  document.getElementById("legend").className = legend.kind;
  document.getElementById("legend").replaceChildren(...parts);
};
const recolour = () => showLegend(drawn.colourBy(colour.value, scheme.matches));
recolour();
colour.addEventListener("change", () => {
  recolour();
  document.body.dataset.colour = colour.value;
});
scheme.addEventListener("change", recolour);
document.getElementById("search").addEventListener("input", ({ target }) => {
  if (target.value.trim() === "") return;
  const found = drawn.find(target.value);
  if (found) show(found);
  else detail.textContent = "no node matches";
});
document.body.dataset.ready = String(graph.order);
`;
