/**
 * The data of each server-sent event in a stream of bytes. An event that the stream breaks off is not yielded.
 * @see WHATWG HTML, section 9.2
 */
export async function* serverSentEvents(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<string, void> {
  const decoder = new TextDecoder();
  let rest = "";
  let endsWithReturn = false; // then a line feed may follow
  let data: string[] = [];
  for await (const chunk of chunks) {
    const text = decoder.decode(chunk, { stream: true });
    if (text === "") continue;
    rest += text;
    const hasBreak = endsWithReturn || /[\r\n]/.test(text);
    endsWithReturn = text.endsWith("\r");
    if (!hasBreak) continue; // a long line is not looked through again for each of its pieces
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
