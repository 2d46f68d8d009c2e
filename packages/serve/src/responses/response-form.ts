import type { TextUsage } from "@deepgrain/lm";
import type { Form } from "../endpoints/answer";
import type { ReadPiece } from "../endpoints/chat-tools";
import type { Piece } from "../generation/choices";
import { openaiFraming } from "../http/event-stream";
import type { OpenModel } from "../served-model";
import type { Echo } from "./echo";
import { newId, outputWriter } from "./output-items";

/** The API's form of what was read and written. Its fields of the cache are 0: batches count their kept prefixes all together. */
const usageBody = ({ promptTokens, completionTokens }: TextUsage, reasoning_tokens: number) => ({
  input_tokens: promptTokens,
  input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
  output_tokens: completionTokens,
  output_tokens_details: { reasoning_tokens },
  total_tokens: promptTokens + completionTokens,
});

const typeOf = (event: object) => (event as { type: string }).type;

/** The form of responses. @param echo what an answer repeats of its request */
export function responseForm(model: OpenModel, echo: Echo, read: ReadPiece): Form {
  const head = {
    id: newId("resp"),
    object: "response",
    created_at: Math.floor(Date.now() / 1000),
    model: model.name,
    error: null,
    incomplete_details: null,
    ...echo,
    background: false,
    previous_response_id: null,
    truncation: "disabled",
  };
  const writer = outputWriter();
  let sequence_number = 0;
  let isCut = false;
  let isThinking = false;
  let reasoningTokens = 0;
  const numbered = (events: readonly object[]) =>
    events.map((event) => ({ ...event, sequence_number: sequence_number++ }));
  /** The events of a piece. Its tokens are of a thought if it ends in one. */
  function written(piece: Piece): object[] {
    if (piece.type === "prompt") return [];
    const parts = read(piece);
    const events = parts.flatMap((part) => writer.take(part));
    const last = parts.at(-1);
    if (last) isThinking = last.type === "reasoning";
    if (isThinking) reasoningTokens += piece.ids.length;
    if (!piece.finishReason) return events;
    isCut = piece.finishReason === "length";
    return [...events, ...writer.end(isCut)];
  }
  const ended = (usage: TextUsage) => ({
    ...head,
    status: isCut ? "incomplete" : "completed",
    incomplete_details: isCut ? { reason: "max_output_tokens" } : null,
    output: writer.output,
    usage: usageBody(usage, reasoningTokens),
  });
  return {
    framing: {
      ...openaiFraming,
      frame: (event) => `event: ${typeOf(event)}\ndata: ${JSON.stringify(event)}\n\n`,
      end: "",
      isRepeat: (event) => !/\.(added|delta)$/.test(typeOf(event)),
      errorBody({ status, message }) {
        const error = { code: status === 429 ? "rate_limit_exceeded" : "server_error", message };
        const response = { ...head, status: "failed", error, output: writer.output };
        return numbered([{ type: "response.failed", response }])[0]!;
      },
    },
    body(pieces, usage) {
      for (const piece of pieces) written(piece);
      return ended(usage);
    },
    opening: () =>
      numbered(
        ["response.created", "response.in_progress"].map((type) => ({
          type,
          response: { ...head, status: "in_progress", output: [] },
        })),
      ),
    chunks: (piece) => numbered(written(piece)),
    closing(usage) {
      const response = ended(usage);
      return numbered([{ type: `response.${response.status}`, response }]);
    },
  };
}
