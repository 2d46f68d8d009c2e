/**
 * @file Draws a scored graph with sigma. The drawn page holds the text of these functions, so that drawing exists
 * once: they use nothing but each other and their arguments.
 */
import type { ConflictDrawing, DrawnNode } from "./conflict-drawing";

/** The quantity that colours show: the rank of a node's conflict, its training weight, or its class. */
export type ColourBy = "conflict" | "weight" | "class";

/** The meaning of colours: the ends of a scale with its colours, or each class with its own. */
export type DrawingLegend =
  | {
      readonly kind: "scale";
      readonly low: string;
      readonly high: string;
      readonly colours: readonly string[];
    }
  | {
      readonly kind: "classes";
      readonly classes: readonly (readonly [name: string, colour: string])[];
    };

/** The part of a graphology graph that is used. */
interface SigmaGraph {
  addNode(key: string, attributes: object): unknown;
  addEdge(source: string, target: string, attributes: object): unknown;
  setNodeAttribute(key: string, name: string, value: unknown): unknown;
  forEachNode(visit: (key: string) => void): void;
  forEachEdge(visit: (edge: string) => void): void;
  setEdgeAttribute(edge: string, name: string, value: unknown): unknown;
}

/** The part of a sigma renderer that is used. */
interface SigmaRenderer {
  on(event: "clickNode", listener: (event: { node: string }) => void): unknown;
  getNodeDisplayData(key: string): { x: number; y: number } | undefined;
  getCamera(): { animate(state: object, options: object): unknown };
  kill(): void;
}

/** The drawing libraries: `MultiGraph` of graphology and sigma's default export, version 4. Their types are wider than what is used. */
export interface DrawingLibraries {
  readonly MultiGraph: new () => object;
  // Sigma's constructor takes a graph, an element and settings of its own types.
  readonly Sigma: new (
    graph: never,
    container: never,
    settings?: never,
  ) => object;
}

export interface DrawConflictsOptions {
  /** The quantity that colours show first. Default "conflict". */
  readonly colourBy?: ColourBy | undefined;
  /** Whether the page is dark: then scales end in light colours. Default false. */
  readonly isDark?: boolean | undefined;
  /** Told the node that is clicked. */
  readonly onSelect?: ((node: DrawnNode) => void) | undefined;
}

/** A drawing on a page. */
export interface DrawnConflicts {
  /** graphology's graph that is drawn. */
  readonly graph: SigmaGraph;
  /** Colours the nodes, and returns what the colours mean. */
  colourBy(by: ColourBy, isDark?: boolean): DrawingLegend;
  /** Moves to the node of that key or name, or else the first whose name holds the text. */
  find(text: string): DrawnNode | undefined;
  dispose(): void;
}

/** A colour in six digits, as sigma reads it. @param hue degrees @param saturation @param lightness shares */
function hex(hue: number, saturation: number, lightness: number): string {
  const strength = saturation * Math.min(lightness, 1 - lightness);
  const channel = (n: number) => {
    const k = (n + hue / 30) % 12;
    return Math.round(255 * (lightness - strength * Math.max(-1, Math.min(k - 3, 9 - k, 1))));
  };
  return `#${[0, 8, 4].map((n) => channel(n).toString(16).padStart(2, "0")).join("")}`;
}

/** The colour of a share in [0, 1]: from a light blue-green to a dark blue, on a dark page the other way round in lightness. */
export function scaleColour(share: number, isDark: boolean): string {
  const strength = isDark ? 1 - share : share;
  return hex(175 + 65 * strength, 0.55 + 0.2 * strength, 0.72 - 0.5 * strength);
}

/** The colour of one of several classes: hues evenly apart, neighbours in two lightnesses. */
function classColour(i: number, count: number, isDark: boolean): string {
  return hex((360 * i) / count, 0.7, (isDark ? 0.6 : 0.38) + 0.1 * (i % 2));
}

/** Names of the classes of labelled nodes, sorted; numbers by their value. */
function classesOf(drawing: ConflictDrawing): string[] {
  const names = new Set(drawing.nodes.flatMap((node) => node.class ?? []));
  return [...names].sort((a, b) => Number(a) - Number(b) || (a < b ? -1 : 1));
}

/** The colour of each labelled node, by its key, and what the colours mean. */
function paintNodes(
  drawing: ConflictDrawing,
  by: ColourBy,
  isDark: boolean,
): { colours: Map<string, string>; legend: DrawingLegend } {
  const { nodes, minWeight, maxWeight } = drawing;
  const labelled = nodes.filter((node) => node.weight !== null);
  const classes = classesOf(drawing);
  const range = maxWeight - minWeight;
  const colourOf = (node: DrawnNode) => {
    if (by === "class") return classColour(classes.indexOf(node.class!), classes.length, isDark);
    if (by === "conflict") return scaleColour(node.conflict!, isDark);
    return scaleColour(range === 0 ? 0.5 : (node.weight! - minWeight) / range, isDark);
  };
  const colours = new Map(labelled.map((node) => [node.key, colourOf(node)]));
  if (by === "class") {
    const named = classes.map((name, i) => [name, classColour(i, classes.length, isDark)] as const);
    return { colours, legend: { kind: "classes", classes: named } };
  }
  const conflicts = labelled.map((node) => node.totoro!);
  const ends = [
    conflicts.reduce((a, b) => Math.min(a, b), Infinity),
    conflicts.reduce((a, b) => Math.max(a, b), -Infinity),
  ].map((x) => String(Number(x.toPrecision(3))));
  const [low, high] = by === "conflict" ? ends : [minWeight, maxWeight].map((x) => x.toFixed(2));
  const steps = Array.from({ length: 13 }, (_, i) => scaleColour(i / 12, isDark));
  return { colours, legend: { kind: "scale", low: low!, high: high!, colours: steps } };
}

/** Draws a graph, whose arguments have been checked, and returns the drawing. */
export function mountDrawing(
  container: object,
  drawing: ConflictDrawing,
  libraries: DrawingLibraries,
  options: DrawConflictsOptions = {},
): DrawnConflicts {
  const { colourBy = "conflict", isDark = false, onSelect } = options;
  const graph = new libraries.MultiGraph() as SigmaGraph;
  const byKey = new Map(drawing.nodes.map((node) => [node.key, node]));
  const sizeOf = (node: DrawnNode) => (node.weight === null ? 2 : 6);
  // Labelled nodes last, so that they lie on top.
  const rank = (node: DrawnNode) => (node.weight === null ? 0 : 1);
  for (const node of [...drawing.nodes].sort((a, b) => rank(a) - rank(b)))
    graph.addNode(node.key, { x: node.x, y: node.y, label: node.label, size: sizeOf(node) });
  const keyOf = (place: number) => drawing.nodes[place]!.key;
  for (const [source, target] of drawing.edges)
    graph.addEdge(keyOf(source), keyOf(target), { size: 0.5 });
  let labelColor = "";
  const colour = (by: ColourBy, dark: boolean): DrawingLegend => {
    const { colours, legend } = paintNodes(drawing, by, dark);
    labelColor = dark ? "#e8eaee" : "#222222";
    const plain = dark ? "#8790a0" : "#b4bac4";
    graph.forEachNode((key) => graph.setNodeAttribute(key, "color", colours.get(key) ?? plain));
    const edges = dark ? "#566072" : "#d5d9e0";
    graph.forEachEdge((edge) => graph.setEdgeAttribute(edge, "color", edges));
    return legend;
  };
  colour(colourBy, isDark);
  const settings = {
    nodeReducer: (_: string, data: object) => ({ ...data, labelColor }),
    settings: { itemSizesReference: "screen" },
  };
  const { Sigma } = libraries;
  const renderer = new Sigma(
    graph as never,
    container as never,
    settings as never,
  ) as SigmaRenderer;
  renderer.on("clickNode", ({ node }) => onSelect?.(byKey.get(node)!));
  return {
    graph,
    colourBy: (by, dark = isDark) => colour(by, dark),
    find(text) {
      const wanted = text.trim().toLowerCase();
      if (wanted === "") return undefined;
      const isWhole = ({ key, label }: DrawnNode) =>
        key.toLowerCase() === wanted || label.toLowerCase() === wanted;
      const holds = ({ label }: DrawnNode) => label.toLowerCase().includes(wanted);
      const found = drawing.nodes.find(isWhole) ?? drawing.nodes.find(holds);
      if (!found) return undefined;
      graph.forEachNode((key) =>
        graph.setNodeAttribute(key, "size", key === found.key ? 14 : sizeOf(byKey.get(key)!)),
      );
      const place = renderer.getNodeDisplayData(found.key);
      if (place)
        renderer.getCamera().animate({ x: place.x, y: place.y, ratio: 0.3 }, { duration: 300 });
      return found;
    },
    dispose: () => renderer.kill(),
  };
}

/**
 * The functions above as text that defines `drawConflicts`, without its checks. A bundler may have renamed them, in all places alike, and may have
 * wrapped their names in a helper of its own.
 */
export const drawingSource = (): string =>
  [
    "var __name = (f) => f;",
    ...[hex, scaleColour, classColour, classesOf, paintNodes],
    `const drawConflicts = ${mountDrawing};`,
  ].join("\n");
