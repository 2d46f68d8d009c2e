import { MultiGraph } from "graphology";
import Sigma from "sigma";
import type { GraphData } from "./graph-data";
import { fittedPlaces, looksOf, shareOf } from "./look";
import type { Weighing } from "./weigh-labels";

/** A graph with its labels, one of them perhaps picked up. */
export interface Shown {
  graph: GraphData;
  weighing: Weighing;
  picked: number | null;
}

/** A drawing that can be touched. */
export interface SigmaDrawing {
  /** Also when the page's colours have changed. */
  show(shown: Shown): void;
  dispose(): void;
}

/** Radius in pixels of a node whose radius is 1. */
const PIXELS = 5;

/** Where, of 100, nodes begin whose labels stand to their left. */
const ROOM = 75;

const channels = (hex: string) => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));

/** A colour over another. */
function mixed(colour: string, under: string, share: number): string {
  const [over, below] = [channels(colour), channels(under)];
  const parts = over.map((value, i) => Math.round(share * value + (1 - share) * below[i]!));
  return `#${parts.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}

/** A colour of the page's style. */
function colourOf(element: HTMLElement, name: string): string {
  return getComputedStyle(element).getPropertyValue(`--${name}`).trim();
}

/**
 * Draws a graph with sigma. A label is moved by dragging it to another node, or by clicking one after the other.
 *
 * @param on.touch told the node that is clicked
 * @param on.drop told the node that was dragged, and the one that it was dragged to
 * @param on.lose called when the graphics context is lost
 */
export function drawWithSigma(
  container: HTMLElement,
  first: Shown,
  on: { touch(node: number): void; drop(from: number, to: number): void; lose(): void },
): SigmaDrawing {
  const graph = new MultiGraph();
  const { places, height } = fittedPlaces(first.graph);
  for (const [node, { x, y }] of places.entries()) graph.addNode(node, { x, y: -y });
  for (const [source, target] of first.graph.edges) graph.addEdge(source, target, { size: 0.6 });

  let labelColor = "";
  function show({ graph: data, weighing, picked }: Shown): void {
    const [page, muted, text] = ["page", "muted", "text"].map((name) => colourOf(container, name));
    labelColor = text!;
    const color = colourOf(container, "line");
    graph.updateEachEdgeAttributes((_, edge) => ({ ...edge, color }));
    const looks = looksOf(data, weighing);
    const weights = new Map(weighing.labels.map(([node], i) => [node, weighing.weights[i]!]));
    for (const [node, look] of looks.entries()) {
      const { label, radius } = look;
      const own = label === null ? muted! : colourOf(container, `series-${label + 1}`);
      const name = data.nodes[node]!.name;
      graph.mergeNodeAttributes(node, {
        size: PIXELS * radius * (node === picked ? 1.4 : 1),
        color: node === picked ? text : mixed(own, page!, label === null ? 0.6 : shareOf(look)),
        label: label === null ? name : `${name} · ${weights.get(node)!.toFixed(2)}`,
      });
    }
  }

  show(first);
  const sigma = new Sigma(graph, container, {
    nodeReducer: (node: string, data: object) => ({
      ...data,
      labelColor,
      // At the right edge there is no room for a label.
      labelPosition: places[Number(node)]!.x > ROOM ? "left" : "right",
    }),
    settings: {
      itemSizesReference: "screen",
      enableCameraZooming: false,
      enableCameraPanning: false,
      stagePadding: 0,
      allowInvalidContainer: true,
    },
  } as never);
  // Where the picture showed each node, so does sigma.
  sigma.setCustomBBox({ x: [0, 100], y: [-height, 0] });
  sigma.refresh();
  let dragged: number | null = null;
  let over: number | null = null;
  sigma.on("downNode", ({ node }) => {
    dragged = Number(node);
    over = dragged;
  });
  sigma.on("enterNode", ({ node }) => {
    over = Number(node);
  });
  sigma.on("leaveNode", () => {
    over = null;
  });
  // Not sigma's click, which it holds back for a double click.
  const end = () => {
    const [from, to] = [dragged, over];
    dragged = null;
    if (from === null || to === null) return;
    if (from === to) on.touch(from);
    else on.drop(from, to);
  };
  sigma.on("upNode", ({ node }) => {
    over = Number(node);
    end();
  });
  sigma.on("upStage", end);
  sigma.on("webglContextLost", on.lose);
  return { show, dispose: () => sigma.kill() };
}
