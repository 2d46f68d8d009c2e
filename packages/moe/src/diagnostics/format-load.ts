import { listOf } from "../errors";
import type { LayerLoad } from "./load-monitor";

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

function row({
  name,
  counts,
  maxVioBatch,
  maxVioGlobal,
  dead,
  droppedFraction,
}: LayerLoad): string[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const share = (count: number) => (total === 0 ? "0.0 %" : percent(count / total));
  return [
    name,
    String(total),
    share(counts.reduce((least, count) => Math.min(least, count), Infinity)),
    share(counts.reduce((most, count) => Math.max(most, count), 0)),
    maxVioBatch.toFixed(3),
    maxVioGlobal.toFixed(3),
    percent(droppedFraction),
    dead.length === 0 ? "none" : dead.join(" "),
  ];
}

/**
 * A table of text with one line per layer: choices, smallest and largest share of an expert, MaxVio per batch and
 * overall, share dropped, dead experts.
 */
export function formatLoad(loads: readonly LayerLoad[]): string {
  listOf("formatLoad", "loads", loads);
  const head = [
    "layer",
    "choices",
    "least",
    "most",
    "MaxVio batch",
    "global",
    "dropped",
    "dead experts",
  ];
  const rows = [head, ...loads.map(row)];
  const widths = head.map((_, column) => Math.max(...rows.map((cells) => cells[column]!.length)));
  return rows
    .map((cells) =>
      cells
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
