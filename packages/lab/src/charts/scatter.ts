import type { Html } from "@deepgrain/support/pages";
import { dot, line, ruleX, ruleY } from "#plot";
import { listOf, optionsOf, refuseUnknown } from "../errors";
import * as chart from "./figure";
import { labels } from "./labels";

/** Points of one kind. */
export interface Group {
  name: string;
  /** Those without x or y are left out; `label` is shown beside a point. */
  points: readonly {
    x: chart.Measured | null;
    y: chart.Measured | null;
    label?: string | undefined;
  }[];
  /** Default: one of six. */
  color?: string | undefined;
  /** Whether a line joins the points, from left to right. */
  isLinked?: boolean | undefined;
  /** A short name in the group's colour beside its last point. */
  endLabel?: string | undefined;
}

/** One quantity against another. */
export interface ScatterOptions extends chart.FigureOptions {
  x: chart.Axis;
  y: chart.Axis;
  groups: readonly Group[];
}

function placesOf({ name, points }: Group, color: string, axes: Record<"x" | "y", chart.Axis>) {
  const places = points.flatMap(({ x, y, label = "" }) => {
    if (x === null || y === null) return [];
    const [{ mean, low: left, high: right }, own] = [
      chart.around(x, axes.x),
      chart.around(y, axes.y),
    ];
    const cells = [label || name, chart.measuredText(x, axes.x), chart.measuredText(y, axes.y)];
    return { x: mean, left, right, y: own.mean, low: own.low, high: own.high, label, color, cells };
  });
  return places.sort((a, b) => a.x - b.x);
}

/** Whether a point lies on an axis. */
const isWithin =
  (domain: chart.Axis["domain"]) =>
  ({ x }: { x: number }): boolean =>
    !domain || (x >= domain[0] && x <= domain[1]);

/** Points this near to each other, relative to the width, have no room for two names. */
const NEAR = 0.02;

/** The name of each group beside its last point that is shown, or an earlier one where another group ends too. */
function endsOf(
  groups: readonly Group[],
  places: readonly ReturnType<typeof placesOf>[],
  domain: chart.Axis["domain"],
) {
  const shown = places.map((own) => own.filter(isWithin(domain)));
  const xs = shown.flat().map(({ x }) => x);
  const near = NEAR * (Math.max(...xs) - Math.min(...xs));
  const taken: ReturnType<typeof placesOf> = [];
  const isFree = (place: { x: number; y: number }) =>
    taken.every(({ x, y }) => Math.abs(x - place.x) > near || Math.abs(y / place.y - 1) > 0.2);
  const named = groups.flatMap(({ endLabel }, i) =>
    endLabel === undefined || shown[i]!.length === 0 ? [] : [{ endLabel, own: shown[i]! }],
  );
  return named
    .sort((a, b) => a.own.length - b.own.length)
    .map(({ endLabel, own }) => {
      const end = own.findLast(isFree) ?? own.at(-1)!;
      taken.push(end);
      return { x: end.x, y: end.y, label: endLabel, color: end.color };
    });
}

/** One quantity against another, with lines over the 95 % intervals. */
export function scatter(options: ScatterOptions): Html {
  const { label, caption, document, x, y, groups, ...rest } = optionsOf("scatter", options);
  refuseUnknown("scatter", rest);
  listOf("scatter", "groups", groups);
  const legend = chart.keysOf(groups);
  const places = groups.map((group, i) => placesOf(group, legend[i]!.color, { x, y }));
  const all = places.flat();
  const ends = endsOf(groups, places, x.domain);
  const shown = all.filter(isWithin(x.domain));
  const pointLabels = shown.map(({ x: at, y: height, label: own }) => ({
    x: at,
    y: height,
    label: own,
  }));
  const hasLabels = ends.length === 0 && all.some((own) => own.label);
  const clip = x.domain !== undefined;
  const links = groups.flatMap(({ isLinked }, i) => (isLinked ? [i] : []));
  return chart.figure({
    label,
    caption,
    document,
    legend,
    data: { head: ["", x.label, y.label], body: all.map(({ cells }) => cells) },
    draw: (width) => ({
      height: chart.isNarrow(width) ? 300 : 380,
      marginRight: hasLabels ? (chart.isNarrow(width) ? 60 : 120) : 30,
      x: chart.axisOf(x, chart.isNarrow(width), x.isLog ? all.map((own) => own.x) : []),
      y: chart.axisOf(y, y.isLog && chart.isNarrow(width), y.isLog ? all.map((own) => own.y) : []),
      marks: [
        ...links.map((i) =>
          line(places[i]!, { x: "x", y: "y", stroke: legend[i]!.color, strokeOpacity: 0.4, clip }),
        ),
        ruleX(shown, { x: "x", y1: "low", y2: "high", stroke: "color" }),
        ruleY(shown, { y: "y", x1: "left", x2: "right", stroke: "color" }),
        dot(shown, { x: "x", y: "y", fill: "color", r: 4 }),
        labels([...ends, ...pointLabels]),
      ],
    }),
  });
}
