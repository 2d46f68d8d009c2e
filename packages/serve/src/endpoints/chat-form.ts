import type { TextPiece, TokenScore } from "@deepgrain/lm";
import type { ToolEvent } from "@deepgrain/lm/tools";
import type { ChatRequest } from "../fields/chat-fields";
import type { Piece } from "../generation/choices";
import type { OpenModel } from "../served-model";
import type { Form } from "./answer";
import type { ReadPiece } from "./chat-tools";
import { type Envelope, newEnvelope, usageBody, usageChunks } from "./envelope";

/** A token as `logprobs.content` lists it. */
function listed(model: OpenModel, id: number, logprob: number) {
  const { text, bytes } = model.tokenText(id);
  return { token: text, logprob, bytes };
}

/** Some tokens of an answer, with their scores where they were asked for. */
interface Tokens {
  readonly ids: readonly number[];
  readonly scores?: readonly TokenScore[] | undefined;
}

const logprobsOf = (model: OpenModel, { ids, scores = [] }: Tokens) => ({
  content: scores.map(({ logProbability, top }, i) => ({
    ...listed(model, ids[i]!, logProbability),
    top_logprobs: top.map((one) => listed(model, one.id, one.logProbability)),
  })),
  refusal: null,
});

/** A call as the API writes it. */
interface Call {
  readonly id: string;
  readonly type: "function";
  readonly function: { readonly name: string; arguments: string };
}

const newCall = (name: string): Call => ({
  id: `call_${crypto.randomUUID().replaceAll("-", "").slice(0, 24)}`,
  type: "function",
  function: { name, arguments: "" },
});

/** The API's word for the end of an answer: with whole calls, and not cut. */
const reasonOf = (reason: string | undefined, hasCalls: boolean) =>
  hasCalls && reason === "stop" ? "tool_calls" : reason;

/** The message of a choice: its text, what the model thought, and the calls that are whole. */
function messageOf(events: readonly ToolEvent[]) {
  const texts = { text: "", reasoning: "" };
  const calls: Call[] = [];
  const whole = new Set<number>();
  for (const event of events) {
    if (event.type === "text" || event.type === "reasoning") texts[event.type] += event.text;
    else if (event.type === "call-start") calls[event.call] = newCall(event.name);
    else if (event.type === "call-delta") calls[event.call]!.function.arguments += event.text;
    else whole.add(event.call);
  }
  const tool_calls = calls.filter((_, i) => whole.has(i));
  const content = texts.text === "" && tool_calls.length > 0 ? null : texts.text;
  return {
    role: "assistant",
    content,
    refusal: null,
    ...(texts.reasoning === "" ? {} : { reasoning_content: texts.reasoning }),
    ...(tool_calls.length === 0 ? {} : { tool_calls }),
  };
}

/** One body: each choice as a whole. */
function choicesOf(
  pieces: readonly Piece[],
  { samples, logprobs }: ChatRequest,
  model: OpenModel,
  read: ReadPiece,
) {
  return Array.from({ length: samples }, (_, index) => {
    const own = pieces.filter(
      (piece) => piece.type === "text" && piece.choice === index,
    ) as (TextPiece & {
      choice: number;
    })[];
    const ids = own.flatMap((piece) => piece.ids);
    const scores = own.flatMap((piece) => piece.scores ?? []);
    const message = messageOf(own.flatMap(read));
    return {
      index,
      message,
      logprobs: logprobs === undefined ? null : logprobsOf(model, { ids, scores }),
      finish_reason: reasonOf(own.at(-1)!.finishReason, "tool_calls" in message),
    };
  });
}

/** The delta of a part of an answer; undefined for the end of a call, which has none. */
function deltaOf(event: ToolEvent): object | undefined {
  switch (event.type) {
    case "text":
      return { content: event.text };
    case "reasoning":
      return { reasoning_content: event.text };
    case "call-start":
      return { tool_calls: [{ index: event.call, ...newCall(event.name) }] };
    case "call-delta":
      return { tool_calls: [{ index: event.call, function: { arguments: event.text } }] };
    case "call-end":
      return undefined;
  }
}

/** The form of chat completions. */
export function chatForm(model: OpenModel, request: ChatRequest, read: ReadPiece): Form {
  const { samples, stream, includeUsage } = request;
  const object = stream ? "chat.completion.chunk" : "chat.completion";
  const envelope: Envelope = newEnvelope("chatcmpl", object, model);
  const calling = new Set<number>();
  const chunk = (
    index: number,
    delta: object,
    tokens?: Tokens | undefined,
    finish_reason: string | null = null,
  ) => {
    const scored = tokens?.scores ? logprobsOf(model, tokens) : null;
    const choices = [{ index, delta, logprobs: scored, finish_reason }];
    return includeUsage ? { ...envelope, choices, usage: null } : { ...envelope, choices };
  };
  return {
    body: (pieces, usage) => ({
      ...envelope,
      choices: choicesOf(pieces, request, model, read),
      usage: usageBody(usage),
    }),
    opening: () =>
      Array.from({ length: samples }, (_, index) =>
        chunk(index, { role: "assistant", content: "", refusal: null }),
      ),
    chunks(piece) {
      if (piece.type === "prompt") return [];
      const { choice, finishReason } = piece;
      const events = read(piece);
      if (events.some(({ type }) => type === "call-end")) calling.add(choice);
      const deltas = events.map(deltaOf).filter((delta) => delta !== undefined);
      const chunks = deltas.map((delta) => chunk(choice, delta, piece));
      const reason = reasonOf(finishReason, calling.has(choice));
      return reason ? [...chunks, chunk(choice, {}, undefined, reason)] : chunks;
    },
    closing: (usage) => usageChunks(envelope, usage, includeUsage),
  };
}
