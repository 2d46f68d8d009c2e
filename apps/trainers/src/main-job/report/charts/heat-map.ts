import { cell, dot } from "@observablehq/plot";
import { plotSvg } from "../../../report/charts/plot-svg";
import type { Html } from "../../../report/html";

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
  { selected = {}, most }: { selected?: LayerRows; most: number },
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
  return plotSvg(label, {
    height: 60 + 34 * layers,
    marginLeft: 56,
    marginBottom: 40,
    x: { label: "expert", type: "band", padding: 0.08, tickSize: 0 },
    y: { label: null, type: "band", padding: 0.08, tickSize: 0 },
    opacity: { type: "identity" },
    marks: [
      cell(cells, {
        x: "expert",
        y: "layer",
        fill: "var(--first)",
        fillOpacity: "opacity",
        rx: 2,
        title: ({ share }: { share: number }) => `${(100 * share).toFixed(1)} %`,
      }),
      dot(marked, {
        x: "expert",
        y: "layer",
        r: 4,
        fill: "var(--second)",
        stroke: "var(--page)",
        strokeWidth: 1.5,
      }),
    ],
  });
}
