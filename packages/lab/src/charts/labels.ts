import { initializer, type Markish, text } from "@observablehq/plot";

/** A point with a label; without a text it only keeps other labels away. */
export interface Labelled {
  x: number;
  y: number;
  label: string;
}

interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

const meets = (a: Box, b: Box) =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

/** Where a label may stand: to the right, left, above or below, by the width of its text. */
const places = (width: number): (readonly [dx: number, dy: number])[] => [
  ...[-6, 6, -14, 14].flatMap((dy) => [[8, dy] as const, [-8 - width, dy] as const]),
  ...[-13, 13].map((dy) => [-width / 2, dy] as const),
];

/** Labels beside points, which cover neither points nor each other; one that has no room is left to the table of numbers. */
export const labels = (points: readonly Labelled[]): Markish =>
  text(
    points,
    initializer(
      { x: "x", y: "y", text: "label", textAnchor: "start", fill: "var(--text)" },
      (
        data,
        facets,
        _,
        { x: toX, y: toY },
        { width, height, marginLeft, marginTop, marginBottom },
      ) => {
        const at = points.map(({ x, y }) => ({ x: toX!(x) as number, y: toY!(y) as number }));
        const taken: Box[] = at.map(({ x, y }) => ({
          ...{ left: x - 4, right: x + 4, top: y - 4, bottom: y + 4 },
        }));
        const isInside = ({ left, right, top, bottom }: Box) =>
          left > marginLeft && right < width && top > marginTop && bottom < height - marginBottom;
        const kept: number[] = [];
        for (const [i, { label }] of points.entries()) {
          const [room, { x, y }] = [6.4 * label.length, at[i]!];
          for (const [dx, dy] of label === "" ? [] : places(room)) {
            const [left, middle] = [x + dx, y + dy];
            const box = { left, right: left + room, top: middle - 6, bottom: middle + 6 };
            if (!isInside(box) || taken.some((other) => meets(box, other))) continue;
            taken.push(box);
            kept.push(i);
            at[i] = { x: left, y: middle };
            break;
          }
        }
        const value = (axis: "x" | "y") => ({ value: at.map((place) => place[axis]) });
        return {
          ...{ data, facets: facets.map((facet) => facet.filter((i) => kept.includes(i))) },
          channels: { x: value("x"), y: value("y") },
        };
      },
    ),
  );
