/** A table of plain text, its columns aligned. @param lines cells of the heading and of each row */
export function textTable(lines: readonly (readonly string[])[]): string {
  const widths = lines[0]!.map((_, i) => Math.max(...lines.map((line) => line[i]!.length)));
  const pad = (line: readonly string[]) => line.map((cell, i) => cell.padEnd(widths[i]!));
  return lines.map((line) => pad(line).join("  ").trimEnd()).join("\n");
}
