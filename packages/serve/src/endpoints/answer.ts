import type { TextUsage } from "@deepgrain/lm";
import { type Piece, type Work, writeChoices } from "../generation/choices";
import { eventStream, type Framing, openaiFraming } from "../http/event-stream";
import { refusalOf } from "../http/refusal-of";
import type { OpenModel } from "../served-model";
import type { RequestContext, Service } from "./context";

/** The cost of an answer so far. */
export interface AnswerUsage extends TextUsage {
  /** Until the first piece came: the queue and the prompt. */
  readonly promptMs: number;
  /** Since then. */
  readonly answerMs: number;
}

/** How pieces become an answer. */
export interface Form {
  /** How a stream is written. Default: as OpenAI's API writes them. */
  readonly framing?: Framing | undefined;
  /** All pieces as one body. */
  body(pieces: readonly Piece[], usage: AnswerUsage): object;
  /** The first chunks of a stream. */
  opening(): object[];
  /** The chunks of a piece. */
  chunks(piece: Piece): object[];
  /** The last chunks. */
  closing(usage: AnswerUsage): object[];
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
  const started = performance.now();
  const first = await pieces.next();
  const answering = performance.now();
  const spent = (): AnswerUsage => ({
    ...usage,
    promptMs: answering - started,
    answerMs: performance.now() - answering,
  });
  const all = withFirst(first, pieces);
  if (!stream) {
    const collected: Piece[] = [];
    for await (const piece of all) collected.push(piece);
    return Response.json(form.body(collected, spent()));
  }
  context.isStreamed = true;
  async function* events(): AsyncGenerator<object> {
    try {
      yield* form.opening();
      for await (const piece of all) yield* form.chunks(piece);
      yield* form.closing(spent());
    } finally {
      context.end();
    }
  }
  const { framing = openaiFraming } = form;
  const body = eventStream(events(), {
    framing,
    bufferBytes: service.streamBufferBytes,
    onLeave: context.leave,
    refusalOf,
  });
  const headers = {
    "content-type": framing.contentType,
    "cache-control": "no-cache",
  };
  return new Response(body, { headers });
}
