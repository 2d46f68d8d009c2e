import type { FlowMeans } from "@deepgrain/icl-anchors";
import { curves, type Html, matrix, type Point } from "@deepgrain/lab";

/** The three kinds of flow, in the order of the paper's figure. */
const kinds = [
  { key: "wp", name: "S_wp: text to label words" },
  { key: "pq", name: "S_pq: label words to answer" },
  { key: "ww", name: "S_ww: all the rest" },
] as const;

/**
 * Relative S_wp, S_pq and S_ww over the layers.
 * @param points of one kind, layer by layer
 */
export const flowCurves = (points: (kind: keyof FlowMeans) => readonly Point[]): Html =>
  curves({
    label: "Share of each kind of flow, layer by layer",
    caption: "Saliency per pair of tokens, as shares of the sum in each layer.",
    x: { label: "layer" },
    y: { label: "share of the flow" },
    series: kinds.map(({ key, name }) => ({ name, hasDots: true, points: points(key) })),
  });

/** Flow of one layer as a matrix, row = the token that information flows into. */
export function flowMatrix(
  flow: ArrayLike<number>,
  { tokens, layer }: { tokens: readonly string[]; layer: number },
): Html {
  const names = tokens.map((token, i) => `${i} ${token.trim() || JSON.stringify(token)}`);
  return matrix({
    label: `Flow of layer ${layer}`,
    caption: "Row: the token that information flows into. Column: where it comes from.",
    rows: names,
    columns: names,
    values: names.map((_, i) => names.map((_, j) => (j > i ? null : flow[i * names.length + j]!))),
    format: () => "",
  });
}
