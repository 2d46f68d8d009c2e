import type { LiveMessage } from "./live-sections";

const encoder = new TextEncoder();

/**
 * Server-sent events of messages, each taken when the reader has room for it: one that is slow gets the latest state later,
 * and nothing piles up.
 * @param leave called when the reader has left
 */
export function eventStream(
  messages: AsyncGenerator<LiveMessage, void>,
  leave: () => void,
): ReadableStream<Uint8Array> {
  return new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await messages.next();
        if (done) {
          leave();
          controller.close();
        } else controller.enqueue(encoder.encode(`data: ${JSON.stringify(value)}\n\n`));
      },
      async cancel() {
        leave();
        await messages.return();
      },
    },
    { highWaterMark: 1 },
  );
}
