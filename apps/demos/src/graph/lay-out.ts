import forceAtlas2 from "graphology-layout-forceatlas2";
import type { GraphData } from "./graph-data";
import { toGraphology } from "./to-graphology";

const ITERATIONS = 400;

/** The graph with each node at a place: neighbours close to each other, all within the unit square. */
export function laidOut(data: GraphData): GraphData {
  const graph = toGraphology(data);
  const angle = (2 * Math.PI) / data.nodes.length;
  graph.updateEachNodeAttributes((key, attributes) => ({
    ...attributes,
    x: Math.cos(Number(key) * angle),
    y: Math.sin(Number(key) * angle),
  }));
  const settings = { ...forceAtlas2.inferSettings(graph), adjustSizes: false };
  const places = forceAtlas2(graph, { iterations: ITERATIONS, settings });
  const found = data.nodes.map((_, key) => places[key] as { x: number; y: number });
  const spread = (values: number[]) => Math.max(...values) - Math.min(...values);
  const isTall = spread(found.map(({ y }) => y)) > spread(found.map(({ x }) => x));
  // Pages are wider than high.
  const points = isTall ? found.map(({ x, y }) => ({ x: y, y: x })) : found;
  const [left, right] = [Math.min, Math.max].map((end) => end(...points.map(({ x }) => x)));
  const [low, high] = [Math.min, Math.max].map((end) => end(...points.map(({ y }) => y)));
  const span = Math.max(right! - left!, high! - low!) || 1;
  const rounded = (share: number) => Math.round(1e4 * share) / 1e4;
  const nodes = data.nodes.map((node, i) => ({
    ...node,
    x: rounded((points[i]!.x - left!) / span),
    y: rounded((points[i]!.y - low!) / span),
  }));
  return { ...data, nodes };
}
