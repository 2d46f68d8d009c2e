import type { GraphData } from "./graph-data";
import type { Weighing } from "./weigh-labels";

/** How a node is drawn: in the colour of its class, the stronger and larger the more its label weighs. */
export interface NodeLook {
  /** Number of the class; null without a label. */
  label: number | null;
  /** Share of the range of weights, 0 to 1. */
  strength: number;
  /** In the units of a picture that is 100 wide. */
  radius: number;
}

/** Least and greatest weight that ReNode gives. */
const [LEAST, GREATEST] = [0.5, 1.5];

const plain: NodeLook = { label: null, strength: 0, radius: 0.9 };

/** The looks of all nodes. */
export function looksOf({ nodes }: GraphData, { labels, weights }: Weighing): NodeLook[] {
  const looks = nodes.map(() => plain);
  for (const [i, [node, label]] of labels.entries()) {
    const strength = (weights[i]! - LEAST) / (GREATEST - LEAST);
    looks[node] = { label, strength, radius: 1.7 + 1.5 * strength };
  }
  return looks;
}

/** Width and greatest height of a picture, and the space around its nodes. */
const [WIDTH, TALLEST, EDGE] = [100, 75, 5];

/** Places of all nodes in a picture that is 100 wide, and its height. */
export function fittedPlaces({ nodes }: GraphData): {
  places: { x: number; y: number }[];
  height: number;
} {
  const [xs, ys] = [nodes.map(({ x }) => x), nodes.map(({ y }) => y)];
  const [left, low] = [Math.min(...xs), Math.min(...ys)];
  const [wide, tall] = [Math.max(...xs) - left, Math.max(...ys) - low];
  const room = { x: WIDTH - 2 * EDGE, y: TALLEST - 2 * EDGE };
  const scale = Math.min(room.x / (wide || 1), room.y / (tall || 1));
  const start = (WIDTH - scale * wide) / 2;
  const places = nodes.map(({ x, y }) => ({
    x: start + scale * (x - left),
    y: EDGE + scale * (y - low),
  }));
  return { places, height: 2 * EDGE + scale * tall };
}

/** How strongly a class's colour is shown. */
export const shareOf = ({ strength }: NodeLook): number => 0.3 + 0.7 * strength;
