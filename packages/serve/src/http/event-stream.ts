import { errorBody, type Refusal } from "./refusal";

const encoder = new TextEncoder();

/** How an API writes objects into a stream. */
export interface Framing {
  readonly contentType: string;
  /** An object as the stream has it. */
  frame(object: object): string;
  /** Stands after the last object; an error has nothing behind it. */
  readonly end: string;
  /** The object of an error. */
  errorBody(refusal: Refusal): object;
  /** Whether an object says again what was sent or asked. It never counts as waiting: a reader had no turn to take it. */
  isRepeat?(object: object): boolean;
}

/** Server-sent events as OpenAI's API writes them: each object as one line of data, then `[DONE]`. */
export const openaiFraming: Framing = {
  contentType: "text/event-stream; charset=utf-8",
  frame: (object) => `data: ${JSON.stringify(object)}\n\n`,
  end: "data: [DONE]\n\n",
  errorBody,
};

/** Options of {@link eventStream}. */
export interface EventStreamOptions {
  framing: Framing;
  /** Bytes that wait for the reader; beyond them it counts as gone. */
  bufferBytes: number;
  /** The reader left, or was too slow. */
  onLeave(): void;
  /** The message of an error to the reader. */
  refusalOf(error: unknown): Refusal;
}

/**
 * Objects as a stream of bytes. An error becomes an object, and the stream ends. Objects are taken as they come, never at the
 * reader's pace: a slow one does not hold back the others.
 */
export function eventStream(
  events: AsyncIterable<object>,
  { framing, bufferBytes, onLeave, refusalOf }: EventStreamOptions,
): ReadableStream<Uint8Array> {
  let hasLeft = false;
  let isRepeat = false;
  const leave = () => {
    hasLeft = true;
    onLeave();
  };
  async function pour(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    const send = (text: string) => {
      if (hasLeft || text === "") return;
      if (controller.desiredSize! > 0) {
        controller.enqueue(encoder.encode(text));
        return;
      }
      leave();
      controller.error(new Error("the reader is too slow"));
    };
    try {
      for await (const event of events) {
        isRepeat = framing.isRepeat?.(event) ?? false;
        send(framing.frame(event));
        if (hasLeft) return;
      }
      send(framing.end);
    } catch (error) {
      send(framing.frame(framing.errorBody(refusalOf(error))));
    }
    if (!hasLeft) controller.close();
  }
  return new ReadableStream<Uint8Array>(
    {
      start: (controller) => void pour(controller),
      cancel: leave,
    },
    { highWaterMark: bufferBytes, size: (chunk) => (isRepeat ? 0 : chunk.byteLength) },
  );
}
