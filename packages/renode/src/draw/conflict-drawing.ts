import type { AbstractGraph } from "graphology-types";
import { having } from "../errors";
import type { RenodeResult } from "../weights/renode-weights";

/** A node of the drawing. Scores are null for nodes without a label in training. */
export interface DrawnNode {
  readonly key: string;
  readonly x: number;
  readonly y: number;
  /** The name that is shown and searched: the node's attribute `name` or `title`, else its key. */
  readonly label: string;
  readonly class: string | null;
  readonly totoro: number | null;
  /** Rank of the conflict divided by the highest rank, in [0, 1]. */
  readonly conflict: number | null;
  readonly weight: number | null;
}

/** A scored graph, ready to be drawn: plain data for `drawingPage` or for your own page. */
export interface ConflictDrawing {
  readonly nodes: readonly DrawnNode[];
  /** Positions in `nodes` of the ends of each edge. */
  readonly edges: readonly (readonly [source: number, target: number])[];
  readonly minWeight: number;
  readonly maxWeight: number;
  readonly total: number;
  readonly cover: number;
}

const GOLDEN_ANGLE = Math.PI * (3 - Math.sqrt(5));

/** Positions on a sunflower spiral: evenly spread and deterministic, for graphs without a layout. */
const sunflower = (i: number): { x: number; y: number } => ({
  x: Math.sqrt(i) * Math.cos(i * GOLDEN_ANGLE),
  y: Math.sqrt(i) * Math.sin(i * GOLDEN_ANGLE),
});

const textOf = (value: unknown): string | null =>
  value === undefined || value === null || value === "" ? null : String(value);

/**
 * The data of a graph for a drawing of conflict and weight. Nodes lie at their attributes `x` and `y` where all have them (let
 * a layout such as graphology-layout-forceatlas2 assign them first), otherwise on a spiral.
 *
 * @param scored from `renodeWeights.detailed` of the same graph
 */
export function conflictDrawing(graph: AbstractGraph, scored: RenodeResult): ConflictDrawing {
  having("conflictDrawing", "graph", graph, "mapNodes");
  const { keys, labels, totoro, ranks, weights, total, cover } = having(
    "conflictDrawing",
    "scored",
    scored,
    "keys",
    "labels",
    "totoro",
    "ranks",
    "weights",
  );
  const places = new Map(keys.map((key, v) => [key, v]));
  const highest = ranks.reduce((a, b) => Math.max(a, b), 1);
  const hasLayout = graph.everyNode((_, { x, y }) => Number.isFinite(x) && Number.isFinite(y));
  const numbers = new Map<string, number>();
  const nodes = graph.mapNodes((key, attributes): DrawnNode => {
    const v = places.get(key);
    const { x, y } = hasLayout ? (attributes as { x: number; y: number }) : sunflower(numbers.size);
    numbers.set(key, numbers.size);
    return {
      key,
      x,
      y,
      label: textOf(attributes.name) ?? textOf(attributes.title) ?? key,
      class: v === undefined ? null : String(labels[v]),
      totoro: v === undefined ? null : totoro[v]!,
      conflict: v === undefined ? null : ranks[v]! / highest,
      weight: v === undefined ? null : weights[v]!,
    };
  });
  const edges = graph.mapEdges(
    (_, __, source, target) => [numbers.get(source)!, numbers.get(target)!] as const,
  );
  return {
    nodes,
    edges,
    minWeight: weights.reduce((a, b) => Math.min(a, b), weights[0] ?? 1),
    maxWeight: weights.reduce((a, b) => Math.max(a, b), weights[0] ?? 1),
    total,
    cover,
  };
}
