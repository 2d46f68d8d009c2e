import { cell, dot, link, ruleX, text } from "@observablehq/plot";
import { plotSvg } from "../../report/charts/plot-svg";
import type { Html } from "../../report/html";
import type { ComparedRow } from "./comparison";

const rowHeight = 26;
const logarithmic = { type: "log", grid: true, tickFormat: String } as const;
const around = (values: readonly number[]) => [
  Math.min(...values) / 1.3,
  Math.max(...values) * 1.3,
];
const names = (rows: readonly ComparedRow[]) => rows.map(({ name }) => name);

/** How often each scheme's payload, or its presence, survives each attack. */
export function successChart(rows: readonly ComparedRow[]): Html {
  const cells = rows.flatMap(({ name, success, copyPaste }) => [
    ...success.map(({ substitution, rate }) => ({
      name,
      attack: `${Math.round(100 * substitution)} % replaced`,
      rate: rate.rate,
    })),
    ...(copyPaste ? [{ name, attack: "pasted", rate: copyPaste.rate }] : []),
  ]);
  return plotSvg("Success of each scheme under attack", {
    height: 46 + rowHeight * rows.length,
    marginLeft: 180,
    marginTop: 30,
    x: { label: null, axis: "top", tickSize: 0, domain: [...new Set(cells.map((c) => c.attack))] },
    y: { label: null, tickSize: 0, domain: names(rows) },
    marks: [
      cell(cells, {
        x: "attack",
        y: "name",
        fill: "var(--first)",
        fillOpacity: ({ rate }: { rate: number }) => 0.04 + 0.5 * rate,
        inset: 1,
      }),
      text(cells, {
        x: "attack",
        y: "name",
        text: ({ rate }: { rate: number }) => `${Math.round(100 * rate)} %`,
        fill: "var(--text)",
      }),
    ],
  });
}

/** What the mark costs: perplexity against unmarked text of the same model. */
export function qualityChart(rows: readonly ComparedRow[]): Html {
  const ratios = [1, ...rows.map(({ perplexityRatio }) => perplexityRatio)];
  return plotSvg("Perplexity of marked text against unmarked text", {
    height: 60 + rowHeight * rows.length,
    marginLeft: 180,
    marginBottom: 40,
    x: { label: "perplexity, marked over unmarked", domain: around(ratios), ...logarithmic },
    y: { label: null, tickSize: 0, domain: names(rows) },
    marks: [
      ruleX([1], { stroke: "var(--muted)", strokeDasharray: "4,4" }),
      dot(rows as ComparedRow[], { x: "perplexityRatio", y: "name", fill: "var(--first)", r: 5 }),
    ],
  });
}

/** What the mark takes, in microseconds a token: writing and reading. */
export function speedChart(rows: readonly ComparedRow[]): Html {
  const data = rows.map(({ name, encodeMicros, decodeMicros }) => ({
    name,
    encode: Math.max(0.01, encodeMicros),
    decode: Math.max(0.01, decodeMicros),
  }));
  const times = data.flatMap(({ encode, decode }) => [encode, decode]);
  return plotSvg("Microseconds a token, without the language model", {
    height: 60 + rowHeight * rows.length,
    marginLeft: 180,
    marginBottom: 40,
    x: { label: "microseconds a token", domain: around(times), ...logarithmic },
    y: { label: null, tickSize: 0, domain: names(rows) },
    marks: [
      link(data, { x1: "encode", x2: "decode", y: "name", stroke: "var(--line)", strokeWidth: 2 }),
      dot(data, { x: "encode", y: "name", fill: "var(--first)", r: 5 }),
      dot(data, { x: "decode", y: "name", fill: "var(--second)", r: 5 }),
    ],
  });
}
