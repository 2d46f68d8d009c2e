/**
 * The data of each server-sent event in a stream of bytes. An incomplete event at the end of the stream is not yielded.
 * @see WHATWG HTML, section 9.2
 */
export async function* serverSentEvents(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<string, void> {
  const decoder = new TextDecoder();
  let rest = "";
  let endsWithReturn = false; // A line feed may follow.
  let data: string[] = [];
  for await (const chunk of chunks) {
    const text = decoder.decode(chunk, { stream: true });
    if (text === "") continue;
    rest += text;
    const hasBreak = endsWithReturn || /[\r\n]/.test(text);
    endsWithReturn = text.endsWith("\r");
    if (!hasBreak) continue; // A long line is not scanned again for each of its pieces.
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop()!;
    for (const line of lines) {
      if (line.startsWith("data:")) data.push(line.slice(line[5] === " " ? 6 : 5));
      if (line !== "" || data.length === 0) continue;
      yield data.join("\n");
      data = [];
    }
  }
}
