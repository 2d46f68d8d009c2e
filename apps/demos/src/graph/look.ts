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

/** Places of all nodes within 0 to 1, and the height of the whole if its width is 1. */
export function fittedPlaces({ nodes }: GraphData): {
  places: { x: number; y: number }[];
  height: number;
} {
  const [xs, ys] = [nodes.map(({ x }) => x), nodes.map(({ y }) => y)];
  const [left, low] = [Math.min(...xs), Math.min(...ys)];
  const width = Math.max(...xs) - left || 1;
  const tall = Math.max(...ys) - low;
  const places = nodes.map(({ x, y }) => ({ x: (x - left) / width, y: (y - low) / width }));
  return { places, height: tall / width };
}

/** How strongly a class's colour is shown. */
export const shareOf = ({ strength }: NodeLook): number => 0.3 + 0.7 * strength;
