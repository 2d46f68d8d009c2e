import { type PlotOptions, plot } from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { Html, html } from "../report/html";
import { spread } from "../report/numbers";
import { type Cell, table } from "../report/table";
import type { Estimate } from "../statistics/paired-difference";

/** A name and the colour that stands for it. */
export interface Key {
  name: string;
  color: string;
}

/** What every chart has. */
export interface FigureOptions {
  /** What the chart shows, as read aloud: "Held-out loss over training steps". */
  label: string;
  /** Below the chart. */
  caption?: string | Html;
}

/** A chart of any of Plot's marks. */
export interface DrawnFigure extends FigureOptions {
  legend?: readonly Key[];
  /** The same in numbers, for those who cannot see it or want to know exactly. */
  data: { head: readonly string[]; body: readonly (readonly Cell[])[] };
  /** @param width 720, or 328 for phones, in CSS pixels */
  draw(width: number): PlotOptions;
}

const WIDE = 720;
const NARROW = 328;

/** Whether a width is a phone's. */
export const isNarrow = (width: number): boolean => width < 600;

/** A name that fits so many letters; the numbers of the chart have it in full. */
export const shorten = (name: string, letters: number): string =>
  name.length > letters ? `${name.slice(0, letters - 1).trimEnd()}…` : name;

/** Colours of series that follow the page's light or dark scheme, repeated after the sixth. */
export const seriesColor = (i: number): string => `var(--series-${(i % 6) + 1})`;

const { document } = parseHTML("<!doctype html><html><body></body></html>");

function svg(label: string, { draw }: DrawnFigure, width: number): Html {
  const drawn = plot({
    width,
    height: 300,
    marginLeft: 48,
    marginBottom: 40,
    style: { fontFamily: "inherit", fontSize: "12px", overflow: "visible" },
    ...draw(width),
    ariaLabel: label,
    document,
  });
  drawn.setAttribute("role", "img");
  return new Html(drawn.outerHTML);
}

/** Names with their colours, for captions. */
export const legendOf = (keys: readonly Key[]): Html =>
  html`${keys.map(({ name, color }) => html`<span class="key"><span style="background:${color}"></span>${name}</span> `)}`;

/**
 * A chart as inline SVG that needs no script, drawn once for screens and once for phones, with its legend, caption and
 * numbers. Use `var(--text)`, `var(--muted)`, `var(--line)` and `seriesColor` as colours.
 */
export function figure(options: DrawnFigure): Html {
  const { label, caption, legend = [], data } = options;
  const words = [
    legend.length > 0 && html`<span class="legend">${legendOf(legend)}</span>`,
    caption !== undefined && html`<span>${caption}</span>`,
  ].filter((part) => part !== false);
  return html`<figure><div class="chart-wide">${svg(label, options, WIDE)}</div><div class="chart-narrow">${svg(label, options, NARROW)}</div>
${words.length > 0 && html`<figcaption>${words}</figcaption>`}
<details><summary>In numbers<span class="aloud">: ${label}</span></summary>${table(data.head, data.body, { label })}</details></figure>`;
}

/** A number, or a mean with its standard error. */
export type Measured = number | Pick<Estimate, "mean" | "standardError">;

/** An axis of a chart. */
export interface Axis {
  label: string;
  isLog?: boolean;
  /** Shares, shown in percent. */
  isPercent?: boolean;
  /** Default: what the data span. */
  domain?: readonly [number, number];
}

const estimateOf = (value: Measured) =>
  typeof value === "number" ? { mean: value, standardError: 0 } : value;

/** The mean, and the places of one standard error below and above. */
export function around(value: Measured): { mean: number; low: number; high: number } {
  const { mean, standardError } = estimateOf(value);
  return { mean, low: mean - (standardError ?? 0), high: mean + (standardError ?? 0) };
}

/** As text: 1.234 ± 0.012, or – for none. */
export const measuredText = (value: Measured | null): string =>
  value === null ? "–" : spread({ ...estimateOf(value), seeds: 1 });

/** Plot's options of an axis. @param isNarrow whether there is room for few ticks only */
export const axisOf = ({ label, isLog, isPercent, domain }: Axis, isNarrow: boolean) => ({
  label: isPercent ? `${label}, %` : label,
  grid: true,
  ...(isNarrow ? { ticks: 4 } : {}),
  ...(isLog ? { type: "log" as const, tickFormat: "~s" } : {}),
  ...(isPercent ? { percent: true } : {}),
  ...(domain ? { domain: domain.map((x) => (isPercent ? 100 * x : x)) } : { nice: true }),
});

/** Looks of a level to compare with. */
export const DASHED = { stroke: "var(--muted)", strokeDasharray: "4,4" };
