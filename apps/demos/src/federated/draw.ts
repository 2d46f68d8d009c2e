import { LEVELS, PIXELS, SIDE } from "./digits";

/** A place on the drawing field, 0 to 1 from left to right and from top to bottom. */
export interface Point {
  x: number;
  y: number;
}

/** Points that are drawn without lifting the pen. */
export type Stroke = readonly Point[];

/** Pixels of the box that a digit fills, as in MNIST: 20 of 28. */
const BOX = 10;
/** The pen's radius in pixels, and the width of its soft edge. */
const PEN = 0.75;
const EDGE = 0.5;
/** A drawing is enlarged so many times at most, so that a dot stays a dot. */
const LARGEST = 2.5 * SIDE;

/** The distance of a point from the line between two. */
function distance({ x, y }: Point, a: Point, b: Point): number {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : ((x - a.x) * dx + (y - a.y) * dy) / length;
  const part = Math.min(1, Math.max(0, along));
  return Math.hypot(x - a.x - part * dx, y - a.y - part * dy);
}

/** Grey levels of strokes whose points are in pixels. */
function inked(strokes: readonly Stroke[]): number[] {
  const lines = strokes.flatMap((stroke) =>
    stroke.map((point, i) => [stroke[Math.max(0, i - 1)]!, point] as const),
  );
  return Array.from({ length: PIXELS }, (_, pixel) => {
    const centre = { x: (pixel % SIDE) + 0.5, y: Math.floor(pixel / SIDE) + 0.5 };
    let nearest = Number.POSITIVE_INFINITY;
    for (const [a, b] of lines) nearest = Math.min(nearest, distance(centre, a, b));
    const ink = (PEN + EDGE - nearest) / (2 * EDGE);
    return Math.round(LEVELS * Math.min(1, Math.max(0, ink)));
  });
}

const moved = (strokes: readonly Stroke[], scale: number, x: number, y: number): Stroke[] =>
  strokes.map((stroke) =>
    stroke.map((point) => ({ x: scale * point.x + x, y: scale * point.y + y })),
  );

/**
 * The picture of a drawn digit, as those of MNIST are made: it fills a box of 10 pixels, and its centre of mass is the middle.
 * @returns a hexadecimal digit for the grey level of each pixel; "" without a stroke
 */
export function drawnDigit(strokes: readonly Stroke[]): string {
  const points = strokes.flat();
  if (points.length === 0) return "";
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  const range = (all: number[]) => [Math.min(...all), Math.max(...all)] as const;
  const [[left, right], [top, bottom]] = [range(xs), range(ys)];
  const extent = Math.max(right - left, bottom - top);
  const scale = Math.min(LARGEST, (BOX - 2 * PEN) / Math.max(extent, 1e-9));
  const middle = (SIDE - scale * (left + right)) / 2;
  const centred = moved(strokes, scale, middle, (SIDE - scale * (top + bottom)) / 2);
  const ink = inked(centred);
  const mass = ink.reduce((sum, level) => sum + level, 0);
  if (mass === 0) return hex(ink);
  const mean = (place: (pixel: number) => number) =>
    ink.reduce((sum, level, pixel) => sum + level * (place(pixel) + 0.5), 0) / mass;
  const shiftX = SIDE / 2 - mean((pixel) => pixel % SIDE);
  const shiftY = SIDE / 2 - mean((pixel) => Math.floor(pixel / SIDE));
  return hex(inked(moved(centred, 1, shiftX, shiftY)));
}

const hex = (levels: readonly number[]): string =>
  levels.map((level) => level.toString(16)).join("");
