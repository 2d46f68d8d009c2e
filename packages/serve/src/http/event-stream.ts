import { errorBody, type Refusal } from "./refusal";

const encoder = new TextEncoder();

/** Options of {@link eventStream}. */
export interface EventStreamOptions {
  /** Bytes that wait for the reader; beyond them it counts as gone. */
  bufferBytes: number;
  /** The reader left, or was too slow. */
  onLeave(): void;
  /** The message of an error to the reader. */
  refusalOf(error: unknown): Refusal;
}

/**
 * Server-sent events as the API writes them: each object as one line of data, then `[DONE]`. An error becomes an event, and
 * the stream ends. Objects are taken as they come, never at the reader's pace: a slow one does not hold back the others.
 */
export function eventStream(
  events: AsyncIterable<object>,
  { bufferBytes, onLeave, refusalOf }: EventStreamOptions,
): ReadableStream<Uint8Array> {
  let hasLeft = false;
  const leave = () => {
    hasLeft = true;
    onLeave();
  };
  async function pour(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    const send = (data: string) => {
      if (hasLeft) return;
      if (controller.desiredSize! > 0) {
        controller.enqueue(encoder.encode(`data: ${data}\n\n`));
        return;
      }
      leave();
      controller.error(new Error("the reader is too slow"));
    };
    try {
      for await (const event of events) {
        send(JSON.stringify(event));
        if (hasLeft) return;
      }
      send("[DONE]");
    } catch (error) {
      send(JSON.stringify(errorBody(refusalOf(error))));
    }
    if (!hasLeft) controller.close();
  }
  return new ReadableStream<Uint8Array>(
    {
      start: (controller) => void pour(controller),
      cancel: leave,
    },
    new ByteLengthQueuingStrategy({ highWaterMark: bufferBytes }),
  );
}
