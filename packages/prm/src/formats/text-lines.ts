/**
 * The lines of a text that arrives in pieces, split at `\n` only, since JSON may contain other line separators. A
 * preceding `\r` and a byte order mark are removed.
 */
export async function* textLines(
  pieces: AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>,
): AsyncGenerator<string, void> {
  const decoder = new TextDecoder();
  let rest = "";
  let isStart = true;
  for await (const piece of pieces) {
    const decoded = typeof piece === "string" ? piece : decoder.decode(piece, { stream: true });
    const text = isStart ? decoded.replace(/^\uFEFF/, "") : decoded;
    if (decoded !== "") isStart = false;
    if (!text.includes("\n")) {
      rest += text;
      continue;
    }
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const line of lines) yield line.endsWith("\r") ? line.slice(0, -1) : line;
  }
  rest += decoder.decode();
  if (rest !== "") yield rest;
}
