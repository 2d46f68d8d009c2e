const FENCE = '"""';

/**
 * What a user says: a line, or the lines between two lines of `"""`.
 * @param isOpen is told whether more lines are awaited
 */
export async function* userTurns(
  lines: AsyncIterable<string>,
  isOpen: (open: boolean) => void,
): AsyncGenerator<string, void> {
  let block: string[] | null = null;
  for await (const line of lines) {
    if (line.trim() === FENCE) {
      if (block) yield block.join("\n");
      block = block ? null : [];
      isOpen(block !== null);
    } else if (block) block.push(line);
    else if (line.trim() !== "") yield line;
  }
  if (block && block.length > 0) yield block.join("\n");
}
