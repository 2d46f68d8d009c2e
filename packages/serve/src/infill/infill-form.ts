import type { TextPiece } from "@deepgrain/lm";
import type { AnswerUsage, Form } from "../endpoints/answer";
import type { Piece } from "../generation/choices";
import { type Framing, openaiFraming } from "../http/event-stream";
import type { Refusal } from "../http/refusal";
import type { OpenModel } from "../served-model";
import type { InfillRequest } from "./infill-fields";

/** llama.cpp's names for kinds of errors, by status. */
const types: Readonly<Record<number, string>> = {
  401: "authentication_error",
  403: "permission_error",
  404: "not_found_error",
  500: "server_error",
  503: "unavailable_error",
};

/** The body that llama.cpp's server gives an error. */
export const infillErrorBody = ({ status, message }: Refusal) => ({
  error: { code: status, message, type: types[status] ?? "invalid_request_error" },
});

/** Server-sent events without a mark of their end. */
const framing: Framing = { ...openaiFraming, end: "", errorBody: infillErrorBody };

const ratio = (a: number, b: number) => (b > 0 ? a / b : 0);

const timingsOf = ({ promptTokens, completionTokens, promptMs, answerMs }: AnswerUsage) => ({
  prompt_n: promptTokens,
  prompt_ms: promptMs,
  prompt_per_token_ms: ratio(promptMs, promptTokens),
  prompt_per_second: ratio(1000 * promptTokens, promptMs),
  predicted_n: completionTokens,
  predicted_ms: answerMs,
  predicted_per_token_ms: ratio(answerMs, completionTokens),
  predicted_per_second: ratio(1000 * completionTokens, answerMs),
});

/** Why an answer ended, in llama.cpp's words. */
function stopOf({ finishReason, stopString }: Partial<TextPiece>) {
  const stop_type = finishReason === "length" ? "limit" : stopString === undefined ? "eos" : "word";
  return { stop_type, stopping_word: stopString ?? "" };
}

/** The fields of a body at paths such as `timings/prompt_n`, each under its path; paths of nothing are left out. */
function picked(body: object, paths: readonly string[]): object {
  const at = (path: string) =>
    path.split("/").reduce<unknown>((value, name) => {
      const isIn = typeof value === "object" && value !== null && Object.hasOwn(value, name);
      return isIn ? (value as Record<string, unknown>)[name] : undefined;
    }, body);
  const found = paths.map((path) => [path, at(path)] as const);
  return Object.fromEntries(found.filter(([, value]) => value !== undefined));
}

const isText = (piece: Piece): piece is TextPiece & { choice: number } => piece.type === "text";

/** The form of `/infill`. */
export function infillForm({ name }: OpenModel, { wanted }: InfillRequest, tokens: number): Form {
  let last: Partial<TextPiece> = {};
  let written = 0;
  let hasNewLine = false;
  const see = (piece: TextPiece) => {
    last = piece;
    written += piece.ids.length;
    hasNewLine ||= piece.text.includes("\n");
  };
  const whole = (content: string, usage: AnswerUsage) => ({
    index: 0,
    content,
    model: name,
    stop: true,
    tokens_predicted: usage.completionTokens,
    tokens_evaluated: usage.promptTokens,
    has_new_line: hasNewLine,
    truncated: false,
    ...stopOf(last),
    timings: timingsOf(usage),
  });
  return {
    framing,
    body(pieces, usage) {
      const own = pieces.filter(isText);
      own.forEach(see);
      const body = whole(own.map(({ text }) => text).join(""), usage);
      return wanted ? picked(body, wanted) : body;
    },
    opening: () => [],
    chunks(piece) {
      if (!isText(piece)) return [];
      see(piece);
      const { text: content, ids } = piece;
      if (content === "") return [];
      const counts = { tokens_predicted: written, tokens_evaluated: tokens };
      return [{ index: 0, content, tokens: ids, stop: false, ...counts }];
    },
    closing: (usage) => [whole("", usage)],
  };
}
