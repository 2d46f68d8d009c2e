import { createParser } from "eventsource-parser";

/**
 * The data of each server-sent event in a stream of bytes. An incomplete event at the end of the stream is not yielded.
 * @see WHATWG HTML, section 9.2
 */
export async function* serverSentEvents(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<string, void> {
  const decoder = new TextDecoder();
  const ready: string[] = [];
  const parser = createParser({ onEvent: ({ data }) => ready.push(data) });
  for await (const chunk of chunks) {
    parser.feed(decoder.decode(chunk, { stream: true }));
    yield* ready.splice(0);
  }
}
