import type { ToolEvent } from "@deepgrain/lm/tools";
import type { AnswerUsage, Form } from "../endpoints/answer";
import type { ReadPiece } from "../endpoints/chat-tools";
import type { Framing } from "../http/event-stream";
import type { Refusal } from "../http/refusal";
import type { OpenModel } from "../served-model";

/** The body that Ollama's API gives an error. */
export const ollamaErrorBody = ({ message }: Refusal) => ({ error: message });

/** Each object is a line. */
const framing: Framing = {
  contentType: "application/x-ndjson",
  frame: (object) => `${JSON.stringify(object)}\n`,
  end: "",
  errorBody: ollamaErrorBody,
};

/** A call as Ollama writes it: its arguments are an object. */
interface Call {
  readonly function: { readonly name: string; readonly arguments: unknown };
}

/** Some of an answer. */
export interface OllamaPart {
  text: string;
  thinking: string;
  calls: Call[];
}

const nanoseconds = (ms: number) => Math.round(1e6 * ms);

/** The fields that every object has. */
export const ollamaEnvelope = ({ name }: OpenModel) => ({
  model: name,
  created_at: new Date().toISOString(),
});

/** How the parts of an answer are written by an endpoint. */
type Write = (part: OllamaPart) => object;

/** The message of a chat. */
export const asMessage: Write = ({ text, thinking, calls }) => ({
  message: {
    role: "assistant",
    content: text,
    ...(thinking === "" ? {} : { thinking }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  },
});

/** The response of a generation. */
export const asResponse: Write = ({ text }) => ({ response: text });

/** Collects calls until they are whole; one that is cut is none. */
function partReader(): (event: ToolEvent) => OllamaPart {
  const names = new Map<number, string>();
  const texts = new Map<number, string>();
  return (event) => {
    const part: OllamaPart = { text: "", thinking: "", calls: [] };
    if (event.type === "text") part.text = event.text;
    else if (event.type === "reasoning") part.thinking = event.text;
    else if (event.type === "call-start") names.set(event.call, event.name);
    else if (event.type === "call-delta")
      texts.set(event.call, (texts.get(event.call) ?? "") + event.text);
    else {
      const args: unknown = JSON.parse(texts.get(event.call) ?? "{}");
      part.calls = [{ function: { name: names.get(event.call)!, arguments: args } }];
    }
    return part;
  };
}

const isSome = ({ text, thinking, calls }: OllamaPart) =>
  text !== "" || thinking !== "" || calls.length > 0;

/** The form of chats and generations. @param started when the request came, in milliseconds */
export function ollamaForm(
  model: OpenModel,
  { read, write, started }: { read: ReadPiece; write: Write; started: number },
): Form {
  const partOf = partReader();
  let reason = "stop";
  const last = (part: OllamaPart, usage: AnswerUsage) => ({
    ...ollamaEnvelope(model),
    ...write(part),
    done: true,
    done_reason: reason,
    total_duration: nanoseconds(performance.now() - started),
    load_duration: 0, // models are loaded before the server listens
    prompt_eval_count: usage.promptTokens,
    prompt_eval_duration: nanoseconds(usage.promptMs),
    eval_count: usage.completionTokens,
    eval_duration: nanoseconds(usage.answerMs),
  });
  const partsOf: (piece: Parameters<Form["chunks"]>[0]) => OllamaPart[] = (piece) => {
    if (piece.type === "prompt") return [];
    reason = piece.finishReason ?? reason;
    return read(piece).map(partOf).filter(isSome);
  };
  return {
    framing,
    body(pieces, usage) {
      const whole: OllamaPart = { text: "", thinking: "", calls: [] };
      for (const part of pieces.flatMap(partsOf)) {
        whole.text += part.text;
        whole.thinking += part.thinking;
        whole.calls.push(...part.calls);
      }
      return last(whole, usage);
    },
    opening: () => [],
    chunks: (piece) =>
      partsOf(piece).map((part) => ({ ...ollamaEnvelope(model), ...write(part), done: false })),
    closing: (usage) => [last({ text: "", thinking: "", calls: [] }, usage)],
  };
}
