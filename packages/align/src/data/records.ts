import type { ChatMessage } from "@deepgrain/lm";
import { type ParseOptions, type Place, parseRows, rowError } from "./rows";
import { conversationOf, instructionOf, messagesOf } from "./turns";

/** A prompt with one answer: plain text, or turns of a conversation. */
export type PromptAnswer<Answers extends string> =
  | ({ form: "text"; prompt: string } & Record<Answers, string>)
  | ({ form: "messages"; prompt: ChatMessage[] } & Record<Answers, ChatMessage[]>);

/** A pair of answers to one prompt, the first preferred. */
export type PreferenceRecord = PromptAnswer<"chosen" | "rejected"> & {
  /** Margin by which the chosen answer should lead, for reward models. */
  margin?: number | undefined;
  place: Place;
};

/** An example of supervised fine-tuning. */
export type SftRecord = (
  | { form: "text"; prompt: string; completion: string }
  | { form: "messages"; messages: ChatMessage[] }
) & {
  place: Place;
  /** The topic, such as "math": the row's `category`, by which training stages select rows. */
  category?: string | undefined;
};

const sameTurn = (a: ChatMessage | undefined, b: ChatMessage | undefined) =>
  a !== undefined && b !== undefined && a.role === b.role && a.content === b.content;

/** Splits two complete conversations into their common prefix and two answers. */
function splitPrompt(chosen: ChatMessage[], rejected: ChatMessage[], place: Place) {
  let shared = 0;
  while (
    shared < Math.min(chosen.length, rejected.length) - 1 &&
    sameTurn(chosen[shared], rejected[shared])
  )
    shared++;
  if (shared === 0)
    throw rowError(
      place,
      "prompt",
      "given, or be the turns that chosen and rejected begin with",
      undefined,
    );
  return {
    prompt: chosen.slice(0, shared),
    chosen: chosen.slice(shared),
    rejected: rejected.slice(shared),
  };
}

/** Two texts as their common beginning, up to the last white space before they differ, and what follows. */
function splitText(chosen: string, rejected: string, place: Place) {
  let shared = 0;
  while (shared < Math.min(chosen.length, rejected.length) && chosen[shared] === rejected[shared])
    shared++;
  while (shared > 0 && !/\s/.test(chosen[shared] ?? "")) shared--;
  while (shared > 0 && /\s/.test(chosen[shared - 1]!)) shared--;
  if (shared === 0)
    throw rowError(
      place,
      "prompt",
      "text, or a beginning that chosen and rejected share",
      undefined,
    );
  return {
    prompt: chosen.slice(0, shared),
    chosen: chosen.slice(shared),
    rejected: rejected.slice(shared),
  };
}

function parsePreference(json: Record<string, unknown>, place: Place): PreferenceRecord {
  const { prompt, chosen, rejected, margin } = json;
  for (const [key, value] of Object.entries({ chosen, rejected }))
    if (value === undefined) throw rowError(place, key, "text or a list of turns", value);
  if (margin !== undefined && !Number.isFinite(margin))
    throw rowError(place, "margin", "a number", margin);
  const rest = { place, margin: margin as number };
  if (typeof chosen === "string") {
    if (typeof rejected !== "string")
      throw rowError(place, "rejected", "text, as chosen is", rejected);
    if (chosen === "") throw rowError(place, "chosen", "text with characters", chosen);
    if (prompt === undefined)
      return { form: "text", ...splitText(chosen, rejected, place), ...rest };
    if (typeof prompt !== "string") throw rowError(place, "prompt", "text, as chosen is", prompt);
    return { form: "text", prompt, chosen, rejected, ...rest };
  }
  const answers = {
    chosen: messagesOf(chosen, place, "chosen"),
    rejected: messagesOf(rejected, place, "rejected"),
  };
  if (Array.isArray(prompt))
    return { form: "messages", prompt: messagesOf(prompt, place, "prompt"), ...answers, ...rest };
  return { form: "messages", ...splitPrompt(answers.chosen, answers.rejected, place), ...rest };
}

/**
 * Reads preference pairs in TRL's forms, one JSON object per line: `prompt`, `chosen` and `rejected` as text or as lists of
 * `{ role, content }`. Without a `prompt`, the answers are complete conversations or texts with a common beginning, which
 * for texts ends at the last white space before they differ. `margin` is optional.
 *
 * @param source text, or the bytes of a file; only in bytes is text that is no UTF-8 found
 * @param options.file name for errors. Default `"pairs.jsonl"`
 * @param options.onBadRow is given each malformed row's error, and the row is left out. Default: the first is thrown
 * @throws {AlignError} `ERR_FORMAT` naming file, row and key, also for damaged text, an empty `chosen` and an unknown role;
 *   `ERR_MISSING` without any row
 */
export const parsePreferences = (
  source: string | Uint8Array,
  options: ParseOptions = {},
): PreferenceRecord[] => {
  return parseRows(
    { where: "parsePreferences", file: "pairs.jsonl" },
    source,
    options,
    parsePreference,
  );
};

function parseSft(json: Record<string, unknown>, place: Place): SftRecord {
  const { category } = json;
  if (category !== undefined && typeof category !== "string")
    throw rowError(place, "category", "text", category);
  return { ...parseTurns(json, place), category };
}

/** The turns of an example of supervised fine-tuning; see {@link parseConversations}. */
export function parseTurns(json: Record<string, unknown>, place: Place): SftRecord {
  const { messages, prompt, completion, text, conversations, instruction } = json;
  if (typeof text === "string" && messages === undefined && prompt === undefined) {
    if (text === "") throw rowError(place, "text", "text with characters", text);
    return { form: "text", prompt: "", completion: text, place };
  }
  if (conversations !== undefined)
    return { form: "messages", messages: conversationOf(conversations, place), place };
  if (instruction !== undefined)
    return { form: "messages", messages: instructionOf(json, place), place };
  if (messages !== undefined)
    return { form: "messages", messages: messagesOf(messages, place, "messages"), place };
  if (prompt === undefined)
    throw rowError(place, "messages", "a list of turns, or prompt and completion given", messages);
  if (completion === undefined)
    throw rowError(place, "completion", "text or a list of turns", completion);
  if (typeof prompt === "string") {
    if (typeof completion !== "string")
      throw rowError(place, "completion", "text, as prompt is", completion);
    if (completion === "") throw rowError(place, "completion", "text with characters", completion);
    return { form: "text", prompt, completion, place };
  }
  const context = messagesOf(prompt, place, "prompt").map((turn) => ({ ...turn, mask: 1 }));
  return {
    form: "messages",
    messages: [...context, ...messagesOf(completion, place, "completion")],
    place,
  };
}

/**
 * Reads examples of supervised fine-tuning, one JSON object per line, in TRL's forms: `messages`, or `prompt` and
 * `completion` as text or as lists of turns, or `text`, which is trained on whole; in Alpaca's, `instruction`, `input` and
 * `output`, as a user's turn and its answer; in ShareGPT's, `conversations` of `{ from, value }`. Answers with `mask: 1`,
 * and those of a `prompt`, are context only. `category` is optional text.
 *
 * @param options.file name for errors. Default `"conversations.jsonl"`
 * @throws {AlignError} as {@link parsePreferences}
 */
export const parseConversations = (
  source: string | Uint8Array,
  options: ParseOptions = {},
): SftRecord[] => {
  return parseRows(
    { where: "parseConversations", file: "conversations.jsonl" },
    source,
    options,
    parseSft,
  );
};
