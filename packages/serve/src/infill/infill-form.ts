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

/** @param tokens new ones of one answer; the times are those of all */
const timingsOf = ({ promptTokens, promptMs, answerMs }: AnswerUsage, tokens: number) => ({
  prompt_n: promptTokens,
  prompt_ms: promptMs,
  prompt_per_token_ms: ratio(promptMs, promptTokens),
  prompt_per_second: ratio(1000 * promptTokens, promptMs),
  predicted_n: tokens,
  predicted_ms: answerMs,
  predicted_per_token_ms: ratio(answerMs, tokens),
  predicted_per_second: ratio(1000 * tokens, answerMs),
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

/** One answer as far as it is told. */
class Told {
  private last: Partial<TextPiece> = {};
  private count = 0;
  private hasNewLine = false;

  see(piece: TextPiece): void {
    this.last = piece;
    this.count += piece.ids.length;
    this.hasNewLine ||= piece.text.includes("\n");
  }

  /** Tokens of complete text. */
  get written(): number {
    return this.count;
  }

  /** The last object of a stream, and the only one of a whole answer. */
  whole(index: number, content: string, model: string, usage: AnswerUsage) {
    const tokens = this.last.usage?.completionTokens ?? 0;
    return {
      index,
      content,
      model,
      stop: true,
      tokens_predicted: tokens,
      tokens_evaluated: usage.promptTokens,
      has_new_line: this.hasNewLine,
      truncated: false,
      ...stopOf(this.last),
      timings: timingsOf(usage, tokens),
    };
  }
}

/** The form of `/infill`: one object, or a list of several answers. @param tokens of the prompt */
export function infillForm(
  { name }: OpenModel,
  { wanted, samples }: InfillRequest,
  tokens: number,
): Form {
  const told = Array.from({ length: samples }, () => new Told());
  return {
    framing,
    body(pieces, usage) {
      const own = pieces.filter(isText);
      for (const piece of own) told[piece.choice]!.see(piece);
      const bodies = told.map((one, index) => {
        const texts = own.filter(({ choice }) => choice === index).map(({ text }) => text);
        const body = one.whole(index, texts.join(""), name, usage);
        return wanted ? picked(body, wanted) : body;
      });
      return samples === 1 ? bodies[0]! : bodies;
    },
    opening: () => [],
    chunks(piece) {
      if (!isText(piece)) return [];
      const { choice: index, text: content, ids } = piece;
      const one = told[index]!;
      one.see(piece);
      if (content === "") return [];
      const counts = { tokens_predicted: one.written, tokens_evaluated: tokens };
      return [{ index, content, tokens: ids, stop: false, ...counts }];
    },
    closing: (usage) => told.map((one, index) => one.whole(index, "", name, usage)),
  };
}
