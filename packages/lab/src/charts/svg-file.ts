import { type Html, html, style } from "@deepgrain/support/pages";
import { having, LabError, optionsOf, refuseUnknown } from "../errors";

/** The colours of the light scheme by custom property: `--text` to `#1d1f21`. */
const colors = new Map(
  [...style.slice(0, style.indexOf("@media")).matchAll(/(--[\w-]+): (#\w+);/g)].map(
    ([, name, color]) => [name!, color!],
  ),
);

const keyForm = /<span class="key"><span style="background:([^"]+)"><\/span>([^<]*)<\/span>/g;
const rowHeight = 22;
const margin = 16; // names reach over the edge where a font is wider than on screens

/** The legend as a row below the chart. Names are markup already. */
function legendMarks(chart: string, height: number): string {
  let x = 48;
  return [...chart.matchAll(keyForm)]
    .map(([, color, name]) => {
      const at = x;
      x += 24 + 7 * name!.length;
      const y = height + 8;
      return `<circle cx="${at}" cy="${y - 4}" r="5" fill="${color}"/><text x="${at + 10}" y="${y}" font-size="12" text-anchor="start">${name}</text>`;
    })
    .join("");
}

/**
 * A chart as a separate SVG file, as wide as on screens, with its legend, in the colours of the light scheme on a light
 * ground, for other programs and for conversion to pixels.
 *
 * @param chart of `curves`, `bars`, `scatter`, `matrix` or `figure`
 * @param options.fontFamily default `sans-serif`
 * @throws {LabError} `ERR_ARGUMENT` for markup without a chart
 */
export function svgFile(chart: Html, options: { fontFamily?: string | undefined } = {}): string {
  const { fontFamily = "sans-serif", ...rest } = optionsOf("svgFile", options);
  refuseUnknown("svgFile", rest);
  having("svgFile", "chart", chart);
  const [, attributes, content] = /<svg ([^>]*)>([\s\S]*?)<\/svg>/.exec(chart.text) ?? [];
  const box = /viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(attributes ?? "");
  if (attributes === undefined || content === undefined || !box)
    throw new LabError("ERR_ARGUMENT", "lab/svgFile: the markup holds no chart");
  const label = /aria-label="([^"]*)"/.exec(attributes)?.[1] ?? "";
  const width = Number(box[1]) + 2 * margin;
  const chartHeight = Number(box[2]);
  const legend = legendMarks(chart.text, chartHeight);
  const height = chartHeight + (legend === "" ? 0 : rowHeight);
  const marks = content.replace(/<style>[\s\S]*?<\/style>/, "");
  const shown = `<rect x="${-margin}" width="${width}" height="${height}" fill="var(--page)"/>${marks}${legend}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${-margin} 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${label}" font-family="${html`${fontFamily}`.text}" font-size="12" text-anchor="middle" color="${colors.get("--text")}" fill="currentColor">${shown}</svg>\n`
    .replaceAll(/var\((--[\w-]+)\)/g, (whole, name: string) => colors.get(name) ?? whole)
    .replaceAll("currentColor", colors.get("--text")!);
}
