const FENCE = '"""';

/**
 * The turns of a user: a line, or the lines between two lines of `"""`.
 * @param onOpen is called whenever a further line of several is awaited
 */
export async function* userTurns(
  lines: AsyncIterable<string>,
  onOpen: () => void,
): AsyncGenerator<string, void> {
  let block: string[] | null = null;
  for await (const line of lines) {
    if (line.trim() === FENCE) {
      if (block) yield block.join("\n");
      block = block ? null : [];
    } else if (block) block.push(line);
    else if (line.trim() !== "") yield line;
    if (block) onOpen();
  }
  if (block && block.length > 0) yield block.join("\n");
}
