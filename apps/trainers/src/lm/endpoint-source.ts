import { LmError } from "@deepgrain/lm";
import type { Tool } from "@deepgrain/lm/tools";
import { EventSourceParserStream, ParseError } from "eventsource-parser/stream";
import { z } from "zod";
import { type AnswerPiece, type ChatSource, type Choosing, tooLong } from "./chat-source";
import { callsForm, type StreamedCalls, streamedCalls } from "./streamed-calls";

/** Characters of an event, at most: a server that never ends one must not fill the memory. */
const MOST_CHARACTERS = 2 ** 20;

const failure = (what: string, cause?: unknown) =>
  new LmError("ERR_IO", `lm/chat: the server ${what}`, { cause });

/** The fields that are read of a chunk of a streamed answer. */
const chunkForm = z.looseObject({
  choices: z
    .array(
      z.looseObject({
        delta: z
          .looseObject({
            content: z.string().nullish(),
            reasoning_content: z.string().nullish(),
            tool_calls: callsForm.nullish(),
          })
          .optional(),
        finish_reason: z.string().nullish(),
      }),
    )
    .optional(),
  usage: z.looseObject({ prompt_tokens: z.number(), completion_tokens: z.number() }).nullish(),
  error: z.looseObject({ message: z.string().optional() }).optional(),
});

/** The piece of a chunk, whose calls are taken. @throws {LmError} `ERR_IO` for an error of the server, and for data of another form */
function pieceOf(data: string, calls: StreamedCalls): AnswerPiece & { isCut: boolean } {
  let chunk: z.infer<typeof chunkForm>;
  try {
    chunk = chunkForm.parse(JSON.parse(data));
  } catch (cause) {
    throw failure(`sent no chunk of an answer: ${JSON.stringify(data.slice(0, 80))}`, cause);
  }
  const { choices, usage, error } = chunk;
  if (error) throw failure(`says: ${error.message}`);
  const [{ delta, finish_reason } = {}] = choices ?? [];
  calls.take(delta?.tool_calls ?? []);
  return {
    text: delta?.content ?? "",
    reasoning: delta?.reasoning_content ?? undefined,
    usage: usage
      ? { promptTokens: usage.prompt_tokens, completionTokens: usage.completion_tokens }
      : undefined,
    isCut: finish_reason === "length",
  };
}

/**
 * The pieces of a streamed answer, its calls last; one that was cut is none.
 * @throws {LmError} `ERR_IO` as {@link pieceOf}, for an endless event, for calls of another form, and where there is none
 */
async function* piecesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<AnswerPiece, void> {
  const events = body
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream({ maxBufferSize: MOST_CHARACTERS }));
  const calls = streamedCalls(MOST_CHARACTERS, failure);
  let count = 0;
  let wasCut = false;
  try {
    for await (const { data } of events) {
      count++;
      if (data === "[DONE]") continue;
      const { isCut, ...piece } = pieceOf(data, calls);
      wasCut ||= isCut;
      yield piece;
    }
  } catch (cause) {
    if (!(cause instanceof ParseError)) throw cause;
    throw failure(`sent an event of more than ${MOST_CHARACTERS} characters`, cause);
  }
  if (count === 0) throw failure("sent no event of an answer");
  for (const call of calls.whole(wasCut)) yield { text: "", call };
}

const errorForm = z.looseObject({
  error: z.looseObject({ message: z.string().nullish(), code: z.unknown().optional() }),
});
const listForm = z.looseObject({ data: z.array(z.looseObject({ id: z.string() })) });

/** A whole answer as JSON; undefined for what is none, and for more than is read. */
async function jsonOf({ body }: Response): Promise<unknown> {
  let text = "";
  for await (const piece of body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += piece;
    if (text.length > MOST_CHARACTERS) return undefined;
  }
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function refused(response: Response): Promise<Error> {
  const { data } = errorForm.safeParse(await jsonOf(response)); // of another form, the status says enough
  const error = data?.error;
  const message = error?.message ?? `status ${response.status}`;
  if (error?.code === "context_length_exceeded") return tooLong(message);
  return failure(`says: ${message}`);
}

/** A server with OpenAI's interface. */
export async function endpointSource(
  endpoint: string,
  options: {
    name: string | undefined;
    key: string | undefined;
    /** Functions that the model may call. */
    tools: readonly Tool[] | undefined;
    choosing: Choosing;
    signal: AbortSignal;
  },
): Promise<ChatSource> {
  const { key, choosing, signal } = options;
  const tools = options.tools?.map((tool) => ({ type: "function", function: tool }));
  const base = endpoint.replace(/\/+$/, "");
  const headers: Record<string, string> = { "content-type": "application/json" };
  if (key !== undefined) headers.authorization = `Bearer ${key}`;
  const get = async (path: string, init: RequestInit) => {
    const response = await fetch(`${base}${path}`, { headers, ...init });
    if (!response.ok) throw await refused(response);
    return response;
  };
  const firstModel = async () => {
    const { data } = listForm.safeParse(await jsonOf(await get("/models", { signal })));
    const [first] = data?.data ?? [];
    if (!first) throw new LmError("ERR_MISSING", `lm/chat: ${base} has no models`);
    return first.id;
  };
  const model = options.name ?? (await firstModel());
  let turn = 0;
  return {
    warning: undefined,
    async *answer(messages, stop) {
      const body = JSON.stringify({
        model,
        messages,
        tools,
        stream: true,
        stream_options: { include_usage: true },
        max_tokens: choosing.maxNewTokens,
        temperature: choosing.temperature,
        top_p: choosing.topP,
        top_k: choosing.topK,
        min_p: choosing.minP,
        repetition_penalty: choosing.repetitionPenalty,
        seed: choosing.seed + turn++,
      });
      const response = await get("/chat/completions", { method: "POST", body, signal: stop });
      if (!response.body) throw failure("sent no event of an answer");
      yield* piecesOf(response.body);
    },
    close: () => Promise.resolve(),
  };
}
