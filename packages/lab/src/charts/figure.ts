import type { Bounds, Cell, Spread } from "@deepgrain/support/pages";
import {
  decimal,
  Html,
  html,
  logTicks,
  spread,
  table,
  tickText,
  wholeTicks,
  within,
} from "@deepgrain/support/pages";
import { type PlotOptions, plot } from "#plot";
import { having, optionsOf, real, refuseUnknown } from "../errors";
import { type ChartDocument, documentFor } from "./document";

/** A name and the colour that stands for it. */
export interface Key {
  name: string;
  color: string;
  /** Whether its line is dashed. */
  isDashed?: boolean | undefined;
}

/** Options of every chart. */
export interface FigureOptions {
  /** Description of the chart for screen readers: "Held-out loss over training steps". */
  label: string;
  /** Below the chart. */
  caption?: string | Html | undefined;
  /** The document that draws the chart. Default: the page's document; in Node, one without a browser. */
  document?: ChartDocument | undefined;
}

/** A chart of any of Plot's marks. */
export interface DrawnFigure extends FigureOptions {
  legend?: readonly Key[] | undefined;
  /** The same in numbers, for those who cannot see it or want to know exactly. */
  data: { head: readonly string[]; body: readonly (readonly Cell[])[] };
  /**
   * Options of Plot's `plot`, marks among them. Plot's own types are not named here: they need those of d3 and of pages.
   * @param width 720, or 328 for phones, in CSS pixels
   */
  draw(width: number): object;
}

/** Whether a width is a phone's. */
export const isNarrow = (width: number): boolean => width < 600;

/** Keeps a text readable where lines pass behind it. */
export const HALO = { stroke: "var(--page)", strokeWidth: 4, paintOrder: "stroke" } as const;

const COLORS = 6;

/** Colours of series that follow the page's light or dark scheme, repeated after the sixth. */
export const seriesColor = (i: number): string => {
  real("seriesColor", "i", i);
  return `var(--series-${(i % COLORS) + 1})`;
};

/** Names with the colours that they have or get; where colours repeat, lines are dashed. */
export const keysOf = (series: readonly { [Name in keyof Key]?: Key[Name] | undefined }[]): Key[] =>
  series.map(({ name = "", color, isDashed }, i) => ({
    name,
    color: color ?? seriesColor(i),
    isDashed: isDashed ?? (color === undefined && i >= COLORS),
  }));

function svg({ label, draw, document: given }: DrawnFigure, width: number): Html {
  const style = { fontFamily: "inherit", fontSize: "12px", overflow: "visible" };
  const common = { width, height: 300, marginTop: 30, marginLeft: 48, marginBottom: 40, style };
  const document = documentFor(given);
  const options = { ...common, ...draw(width), ariaLabel: label, document };
  const drawn = plot(options as PlotOptions);
  drawn.setAttribute("role", "img");
  // Plot names groups that have no role; the drawing as a whole has a description, and a table of its numbers.
  for (const part of drawn.querySelectorAll(":scope > :not(style)"))
    part.setAttribute("aria-hidden", "true");
  return new Html(drawn.outerHTML);
}

/** Names with their colours, for captions. */
export const legendOf = (keys: readonly Key[]): Html =>
  html`${keys.map(
    ({ name, color, isDashed }) =>
      html`<span class="key"><span ${isDashed ? html`class="dashed" style="border-color:${color}"` : html`style="background:${color}"`}></span>${name}</span> `,
  )}`;

/** The colours of cells and what the palest and the darkest stand for. @param darkest opacity of the darkest, in percent */
export const colorScale = (low: string, high: string, darkest = 55): Html =>
  html`<span class="scale">${low}<i style="--end:${darkest}%"></i>${high}</span>`;

/**
 * A chart as inline SVG that needs no script, drawn once for screens and once for phones, with its legend, caption and
 * numbers. Use `var(--text)`, `var(--muted)`, `var(--line)` and `seriesColor` as colours.
 */
export function figure(options: DrawnFigure): Html {
  const {
    label,
    caption,
    document,
    legend = [],
    data,
    draw,
    ...rest
  } = optionsOf("figure", options);
  refuseUnknown("figure", rest);
  having("figure", "options", options, "data", "draw", "label");
  const drawn = { label, document, data, draw };
  const keys = legend.length > 0 && html`<span class="legend">${legendOf(legend)}</span>`;
  const words = caption !== undefined && html`<span>${caption}</span>`;
  return html`<figure><div class="chart-wide">${svg(drawn, 720)}</div><div class="chart-narrow">${svg(drawn, 328)}</div>
${(keys || words) && html`<figcaption>${keys}${words}</figcaption>`}
<details><summary>In numbers<span class="aloud">: ${label}</span></summary>${table(data.head, data.body, { label })}</details></figure>`;
}

/** A number, or a mean with its 95 % interval. */
export type Measured = number | Spread;

/** The mean, and the ends of its interval. */
export function around(value: Measured, axis: Axis): { mean: number; low: number; high: number } {
  const mean = typeof value === "number" ? value : value.mean;
  const interval = typeof value === "number" ? null : value.interval;
  const [low, high] = interval ? within(interval, boundsOf(axis)) : [mean, mean];
  return { mean, low, high };
}

/** As text: 1.234 (1.210 to 1.258), or – for none. */
export function measuredText(value: Measured | null, axis: Axis): string {
  if (value === null) return "–";
  return typeof value === "number" ? decimal(value) : spread(value, boundsOf(axis));
}

/** An axis of a chart. */
export interface Axis {
  label: string;
  isLog?: boolean | undefined;
  /** Shares, shown in percent. */
  isPercent?: boolean | undefined;
  /** The ends of what a value can be, where intervals are cut off. Default: 0 and 1 for `isPercent`. */
  bounds?: Bounds | undefined;
  /** Default: what the data span. */
  domain?: readonly [number, number] | undefined;
}

const boundsOf = ({ bounds, isPercent }: Axis): Bounds | undefined =>
  bounds ?? (isPercent ? [0, 1] : undefined);

/** Plot names only ticks whose first digit is small, how small depends on the base: with one so large, and no whole number, all. */
const LOG_BASE = 1000.5;

/** Plot's options of an axis. @param hasFewTicks where there is little room @param values what lies on it, if that may be whole */
export const axisOf = (
  { label, isLog, isPercent, domain }: Axis,
  hasFewTicks = false,
  values: readonly number[] = [],
) => {
  const ticks = isLog
    ? logTicks(values, hasFewTicks ? 4 : 8)
    : wholeTicks(values, hasFewTicks ? 7 : 13);
  return {
    label: isPercent ? `${label}, %` : label,
    grid: true,
    ...(ticks ? { ticks } : hasFewTicks ? { ticks: isLog ? 2 : 4 } : {}),
    tickFormat: tickText,
    ...(isLog ? { type: "log" as const, base: LOG_BASE, inset: 8 } : {}),
    percent: isPercent ? true : undefined,
    ...(domain ? { domain: domain.map((x) => (isPercent ? 100 * x : x)) } : { nice: !isLog }),
  };
};

/** Looks of a level to compare with. */
export const DASHED = { stroke: "var(--muted)", strokeDasharray: "4,4" };
