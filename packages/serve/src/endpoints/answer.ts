import type { TextUsage } from "@deepgrain/lm";
import { type Piece, type Work, writeChoices } from "../generation/choices";
import { eventStream } from "../http/event-stream";
import { refusalOf } from "../http/refusal-of";
import type { OpenModel } from "../served-model";
import type { RequestContext, Service } from "./context";

/** How pieces become an answer. */
export interface Form {
  /** All pieces as one body. */
  body(pieces: readonly Piece[], usage: TextUsage): object;
  /** The first chunks of a stream. */
  opening(): object[];
  /** The chunks of a piece. */
  chunks(piece: Piece): object[];
  /** The last chunks. */
  closing(usage: TextUsage): object[];
}

/** Items after a first one that has been taken from them already. */
async function* withFirst<T>(first: IteratorResult<T>, rest: AsyncIterator<T>): AsyncGenerator<T> {
  try {
    for (let now = first; !now.done; now = await rest.next()) yield now.value;
  } finally {
    await rest.return?.();
  }
}

/** Counts the tokens written: for the log those of complete text, for `usage` all of a choice that has ended. */
async function* counted(
  pieces: AsyncIterable<Piece>,
  usage: TextUsage,
  context: RequestContext,
): AsyncGenerator<Piece> {
  for await (const piece of pieces) {
    if (piece.type === "text") {
      context.tokens += piece.ids.length;
      usage.completionTokens += piece.usage?.completionTokens ?? 0;
    }
    yield piece;
  }
}

/**
 * Does the work and answers with one body or with events. The status is decided by the first piece, so that a full queue or a
 * prompt that does not fit is no stream.
 *
 * @throws {LmError} as `Batcher.generate`, before the first piece; with one body, until the end
 */
export async function answer(
  service: Service,
  context: RequestContext,
  model: OpenModel,
  { work, stream, form }: { work: Work; stream: boolean; form: Form },
): Promise<Response> {
  const promptTokens = work.prompts.reduce((sum, { length }) => sum + length, 0);
  const usage: TextUsage = { promptTokens, completionTokens: 0 };
  const pieces = counted(writeChoices(model, work), usage, context);
  const first = await pieces.next();
  const all = withFirst(first, pieces);
  if (!stream) {
    const collected: Piece[] = [];
    for await (const piece of all) collected.push(piece);
    return Response.json(form.body(collected, usage));
  }
  context.isStreamed = true;
  async function* events(): AsyncGenerator<object> {
    try {
      yield* form.opening();
      for await (const piece of all) yield* form.chunks(piece);
      yield* form.closing(usage);
    } finally {
      context.end();
    }
  }
  const body = eventStream(events(), {
    bufferBytes: service.streamBufferBytes,
    onLeave: context.leave,
    refusalOf,
  });
  const headers = {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache",
  };
  return new Response(body, { headers });
}
