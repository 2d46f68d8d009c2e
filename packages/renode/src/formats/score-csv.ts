import { having } from "../errors";
import type { GraphScore } from "./score-graph";

/** A field, quoted if it contains a comma, quote or line break, according to RFC 4180. */
const cell = (text: string): string =>
  /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;

/** The scores as CSV with the header `id,totoro,rank,weight`, one line per labelled node; numbers in full precision. */
export function scoresToCsv(graphScore: GraphScore): string {
  const { nodes } = having("scoresToCsv", "graphScore", graphScore, "total", "nodes");
  const lines = nodes.map(
    ({ key, totoro, rank, weight }) => `${cell(key)},${totoro},${rank},${weight}`,
  );
  return `${["id,totoro,rank,weight", ...lines].join("\n")}\n`;
}
