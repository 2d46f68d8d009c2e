import { colorScale, figure, type Html, html, seriesColor } from "@deepgrain/lab";
import { percent } from "@deepgrain/studies/shared/numbers";
import { cell, dot } from "@observablehq/plot";

/** Numbers by layer. */
export type LayerRows = Readonly<Record<string, readonly number[]>>;

/**
 * Each layer's experts as a row of cells, darker where more of the text's tokens go.
 * @param shares share of the choices that fall on each expert
 * @param options.selected experts to mark with a dot
 * @param options.most share of the darkest cell, so that two maps can be compared
 */
export function heatMap(
  label: string,
  shares: LayerRows,
  { selected = {}, most, caption }: { selected?: LayerRows; most: number; caption: string },
): Html {
  const cells = Object.entries(shares).flatMap(([layer, row]) =>
    row.map((share, expert) => ({
      layer: `layer ${layer}`,
      expert,
      share,
      opacity: 0.04 + (0.96 * share) / most,
    })),
  );
  const marked = Object.entries(selected).flatMap(([layer, experts]) =>
    experts.map((expert) => ({ layer: `layer ${layer}`, expert })),
  );
  const layers = Object.keys(shares).length;
  const experts = Math.max(...Object.values(shares).map(({ length }) => length));
  /** Every expert's number, or every second, fourth, … where they would run together. */
  const ticksFor = (width: number) => {
    let step = 1;
    while ((step * (width - 76)) / experts < 20) step *= 2;
    return Array.from({ length: Math.ceil(experts / step) }, (_, i) => i * step);
  };
  const isChosen = marked.length > 0;
  return figure({
    label,
    caption: html`${caption} ${colorScale(percent(0), percent(most), 100)}`,
    legend: isChosen ? [{ name: "chosen for fine-tuning", color: seriesColor(1) }] : [],
    data: {
      head: ["layer", ...Array.from({ length: experts }, (_, expert) => `expert ${expert}`)],
      body: Object.entries(shares).map(([layer, row]) => [layer, ...row.map(percent)]),
    },
    draw: (width) => ({
      height: 70 + 34 * layers,
      marginLeft: 56,
      x: { label: "expert", type: "band", padding: 0.08, tickSize: 0, ticks: ticksFor(width) },
      y: { label: null, type: "band", padding: 0.08, tickSize: 0 },
      opacity: { type: "identity" },
      marks: [
        cell(cells, {
          x: "expert",
          y: "layer",
          fill: seriesColor(0),
          fillOpacity: "opacity",
          rx: 2,
          title: ({ share }: { share: number }) => percent(share),
        }),
        dot(marked, {
          x: "expert",
          y: "layer",
          r: 4,
          fill: seriesColor(1),
          stroke: "var(--page)",
          strokeWidth: 1.5,
        }),
      ],
    }),
  });
}
