import { LmError } from "@deepgrain/lm";
import { EventSourceParserStream } from "eventsource-parser/stream";
import { type AnswerPiece, type ChatSource, type Choosing, tooLong } from "./chat-source";

/** The fields that are read of a chunk of a streamed answer. */
interface Chunk {
  choices?: { delta?: { content?: string | null } }[];
  usage?: { prompt_tokens: number; completion_tokens: number } | null;
  error?: { message?: string };
}

function pieceOf({ choices, usage, error }: Chunk): AnswerPiece {
  if (error) throw new LmError("ERR_IO", `lm/chat: the server: ${error.message}`);
  return {
    text: choices?.[0]?.delta?.content ?? "",
    usage: usage
      ? { promptTokens: usage.prompt_tokens, completionTokens: usage.completion_tokens }
      : undefined,
  };
}

async function refused(response: Response): Promise<Error> {
  const text = await response.text();
  let error: { message?: string; code?: string } = {};
  try {
    error = (JSON.parse(text) as { error?: typeof error }).error ?? {};
  } catch {
    // not the API's form: the status says enough
  }
  const message = error.message ?? `status ${response.status}`;
  if (error.code === "context_length_exceeded") return tooLong(message);
  return new LmError("ERR_IO", `lm/chat: the server: ${message}`);
}

/** A server with OpenAI's interface. */
export async function endpointSource(
  endpoint: string,
  options: {
    name: string | undefined;
    key: string | undefined;
    choosing: Choosing;
    signal: AbortSignal;
  },
): Promise<ChatSource> {
  const { key, choosing, signal } = options;
  const base = endpoint.replace(/\/+$/, "");
  const headers: Record<string, string> = { "content-type": "application/json" };
  if (key !== undefined) headers.authorization = `Bearer ${key}`;
  const get = async (path: string, init: RequestInit) => {
    const response = await fetch(`${base}${path}`, { headers, ...init });
    if (!response.ok) throw await refused(response);
    return response;
  };
  const firstModel = async () => {
    const list = (await (await get("/models", { signal })).json()) as { data?: { id: string }[] };
    const [first] = list.data ?? [];
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
      const events = response
        .body!.pipeThrough(new TextDecoderStream())
        .pipeThrough(new EventSourceParserStream());
      for await (const { data } of events)
        if (data !== "[DONE]") yield pieceOf(JSON.parse(data) as Chunk);
    },
    close: () => Promise.resolve(),
  };
}
