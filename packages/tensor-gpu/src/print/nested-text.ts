import { contiguousStrides, type Shape } from "../tensor/shape";

/** Positions along an axis that are shown; null stands for those left out. */
export function shownPositions(length: number, edgeItems: number | null): (number | null)[] {
  if (edgeItems === null || length <= 2 * edgeItems) return Array.from({ length }, (_, i) => i);
  const first = Array.from({ length: edgeItems }, (_, i) => i);
  return [...first, null, ...first.map((i) => length - edgeItems + i)];
}

/** A row of cells, as many per line as fit. */
function rowText(cells: readonly string[], indent: number, lineWidth: number): string {
  const perLine = Math.max(1, Math.floor((lineWidth - indent) / ((cells[0]?.length ?? 0) + 2)));
  const lines: string[] = [];
  for (let i = 0; i < cells.length; i += perLine)
    lines.push(cells.slice(i, i + perLine).join(", "));
  return `[${lines.join(`,\n${" ".repeat(indent + 1)}`)}]`;
}

/**
 * Nested brackets around the texts of a tensor's shown elements, laid out as in PyTorch: one line per row, blank lines
 * between matrices.
 * @param texts one per shown element, row-major
 * @param shown the shown positions of each axis, from `shownPositions`
 * @param indent columns in front of the first bracket
 */
export function nestedText(
  texts: readonly string[],
  shown: readonly (readonly (number | null)[])[],
  indent: number,
  lineWidth: number,
): string {
  const counts: Shape = shown.map((axis) => axis.filter((at) => at !== null).length);
  const strides = contiguousStrides(counts);
  const show = (axis: number, start: number): string => {
    if (axis === shown.length) return texts[start]!;
    let next = start;
    const parts = shown[axis]!.map((at) => {
      if (at === null) return axis === shown.length - 1 ? " ..." : "...";
      const text = show(axis + 1, next);
      next += strides[axis]!;
      return text;
    });
    if (axis === shown.length - 1) return rowText(parts, indent + axis, lineWidth);
    const between = `,${"\n".repeat(shown.length - axis - 1)}${" ".repeat(indent + axis + 1)}`;
    return `[${parts.join(between)}]`;
  };
  return show(0, 0);
}
