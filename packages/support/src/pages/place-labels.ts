/** A point with a label; without a text it only keeps other labels away. */
export interface Labelled {
  x: number;
  y: number;
  label: string;
}

/** Half of the height that a line of text takes. */
const HALF_LINE = 7;
/** The width that a character takes. */
const CHARACTER = 7;

/** A rectangle in pixels. */
export type Box = Record<"left" | "right" | "top" | "bottom", number>;

const meets = (a: Box, b: Box) =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

const isInside = (a: Box, b: Box) =>
  a.left > b.left && a.right < b.right && a.top > b.top && a.bottom < b.bottom;

/** Where a label may begin: to the right, left, above or below of its point, by the width of its text. */
const places = (width: number): (readonly [dx: number, dy: number])[] => [
  ...[-6, 6, -14, 14].flatMap((dy) => [[8, dy] as const, [-8 - width, dy] as const]),
  ...[-13, 13].map((dy) => [-width / 2, dy] as const),
];

/** The boxes of labels inside a frame, which cover neither points nor each other; none for one that has no room. */
export function placeLabels(at: readonly Labelled[], frame: Box): (Box | undefined)[] {
  const taken: Box[] = at.map(({ x, y }) => ({
    left: x - 4,
    right: x + 4,
    top: y - 4,
    bottom: y + 4,
  }));
  const isFree = (box: Box) => isInside(box, frame) && !taken.some((other) => meets(box, other));
  return at.map(({ x, y, label }) => {
    if (label === "") return undefined;
    const width = CHARACTER * label.length;
    const boxes = places(width).map(([dx, dy]) => ({
      left: x + dx,
      right: x + dx + width,
      top: y + dy - HALF_LINE,
      bottom: y + dy + HALF_LINE,
    }));
    const box = boxes.find(isFree);
    if (box) taken.push(box);
    return box;
  });
}
