import type { ChatMessage } from "@deepgrain/lm";
import { knownOptions } from "../known-options";
import { messagesOf, type Place, parseRows, rowError } from "./rows";

/** A prompt with one answer: plain text, or turns of a conversation. */
export type PromptAnswer<Answers extends string> =
  | ({ form: "text"; prompt: string } & Record<Answers, string>)
  | ({ form: "messages"; prompt: ChatMessage[] } & Record<Answers, ChatMessage[]>);

/** A pair of answers to one prompt, the first preferred. */
export type PreferenceRecord = PromptAnswer<"chosen" | "rejected"> & {
  /** Margin by which the chosen answer should lead, for reward models. */
  margin?: number;
  place: Place;
};

/** An example of supervised fine-tuning. */
export type SftRecord = (
  | { form: "text"; prompt: string; completion: string }
  | { form: "messages"; messages: ChatMessage[] }
) & {
  place: Place;
  /** The topic, such as "math": the row's `category`, by which training stages select rows. */
  category?: string;
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

function parsePreference(json: Record<string, unknown>, place: Place): PreferenceRecord {
  const { prompt, chosen, rejected, margin } = json;
  for (const [key, value] of Object.entries({ chosen, rejected }))
    if (value === undefined) throw rowError(place, key, "text or a list of turns", value);
  if (margin !== undefined && !Number.isFinite(margin))
    throw rowError(place, "margin", "a number", margin);
  const rest = { place, ...(margin !== undefined && { margin: margin as number }) };
  if (typeof chosen === "string") {
    if (typeof prompt !== "string") throw rowError(place, "prompt", "text, as chosen is", prompt);
    if (typeof rejected !== "string")
      throw rowError(place, "rejected", "text, as chosen is", rejected);
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
 * `{ role, content }`; lists without a `prompt` list are complete conversations with a common prefix. `margin` is optional.
 *
 * @param options.file name for errors. Default `"pairs.jsonl"`
 * @throws {AlignError} `ERR_FORMAT` naming file, row and key; `ERR_MISSING` without any row
 */
export const parsePreferences = (
  text: string,
  options: { file?: string } = {},
): PreferenceRecord[] => {
  const { file = "pairs.jsonl" } = knownOptions("parsePreferences", options, { file: true });
  return parseRows(text, file, parsePreference);
};

function parseSft(json: Record<string, unknown>, place: Place): SftRecord {
  const { category } = json;
  if (category !== undefined && typeof category !== "string")
    throw rowError(place, "category", "text", category);
  return { ...parseTurns(json, place), ...(category !== undefined && { category }) };
}

function parseTurns(json: Record<string, unknown>, place: Place): SftRecord {
  const { messages, prompt, completion } = json;
  if (messages !== undefined)
    return { form: "messages", messages: messagesOf(messages, place, "messages"), place };
  if (prompt === undefined)
    throw rowError(place, "messages", "a list of turns, or prompt and completion given", messages);
  if (completion === undefined)
    throw rowError(place, "completion", "text or a list of turns", completion);
  if (typeof prompt === "string") {
    if (typeof completion !== "string")
      throw rowError(place, "completion", "text, as prompt is", completion);
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
 * Reads examples of supervised fine-tuning in TRL's forms, one JSON object per line: `messages`, or `prompt` and `completion`
 * as text or as lists of turns. Answers with `mask: 1`, and those of a `prompt`, are context only. `category` is optional text.
 *
 * @param options.file name for errors. Default `"conversations.jsonl"`
 * @throws {AlignError} as {@link parsePreferences}
 */
export const parseConversations = (text: string, options: { file?: string } = {}): SftRecord[] => {
  const { file = "conversations.jsonl" } = knownOptions("parseConversations", options, {
    file: true,
  });
  return parseRows(text, file, parseSft);
};
