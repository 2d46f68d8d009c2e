import { dot, line, ruleX, ruleY } from "@observablehq/plot";
import type { Html } from "../report/html";
import {
  type Axis,
  around,
  axisOf,
  type FigureOptions,
  figure,
  isNarrow,
  type Measured,
  measuredText,
  seriesColor,
} from "./figure";
import { labels } from "./labels";

/** Points of one kind. */
export interface Group {
  name: string;
  /** Those without x or y are left out; `label` is shown beside a point. */
  points: readonly { x: Measured | null; y: Measured | null; label?: string }[];
  /** Default: one of six. */
  color?: string;
  /** Whether a line joins the points, from left to right. */
  isLinked?: boolean;
}

/** One quantity against another. */
export interface ScatterOptions extends FigureOptions {
  x: Axis;
  y: Axis;
  groups: readonly Group[];
}

function placesOf({ name, points }: Group, color: string) {
  const places = points.flatMap(({ x, y, label = "" }) => {
    if (x === null || y === null) return [];
    const [{ mean, low: left, high: right }, own] = [around(x), around(y)];
    const cells = [label || name, measuredText(x), measuredText(y)];
    return { x: mean, left, right, y: own.mean, low: own.low, high: own.high, label, color, cells };
  });
  return places.sort((a, b) => a.x - b.x);
}

/** One quantity against another, with lines of one standard error to each side. */
export function scatter(options: ScatterOptions): Html {
  const { x, y, groups } = options;
  const legend = groups.map(({ name, color }, i) => ({ name, color: color ?? seriesColor(i) }));
  const places = groups.map((group, i) => placesOf(group, legend[i]!.color));
  const all = places.flat();
  const links = places.filter((_, i) => groups[i]!.isLinked);
  return figure({
    ...options,
    legend,
    data: { head: ["", x.label, y.label], body: all.map(({ cells }) => cells) },
    draw: (width) => ({
      height: isNarrow(width) ? 300 : 380,
      marginRight: isNarrow(width) ? 60 : 120,
      x: axisOf(x, isNarrow(width)),
      y: axisOf(y, false),
      marks: [
        ...links.map((own) =>
          line(own, { x: "x", y: "y", stroke: own[0]?.color ?? "", strokeOpacity: 0.4 }),
        ),
        ruleX(all, { x: "x", y1: "low", y2: "high", stroke: "color" }),
        ruleY(all, { y: "y", x1: "left", x2: "right", stroke: "color" }),
        dot(all, { x: "x", y: "y", fill: "color", r: 4 }),
        labels(all),
      ],
    }),
  });
}
