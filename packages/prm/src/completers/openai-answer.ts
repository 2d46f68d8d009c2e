import type { Completion, FinishReason, ScoredToken } from "./completer";
import { isWithin, type Usage } from "./endpoint";
import { scoredTokens } from "./openai-logprobs";
import { parsePeerJson } from "./parse-json";
import { unreadableResponse } from "./response-body";

/** A choice of an answer, or a part of one in a stream. */
interface Choice {
  index?: unknown;
  text?: unknown;
  message?: { content?: unknown } | undefined;
  delta?: { content?: unknown } | undefined;
  finish_reason?: unknown;
  stop_reason?: unknown;
  logprobs?: unknown;
}

interface Answer {
  choices?: unknown;
  usage?: { prompt_tokens?: unknown; completion_tokens?: unknown } | null | undefined;
  error?: unknown;
}

const excerpt = (value: unknown) => JSON.stringify(value) ?? "";

const textOf = (choice: Choice): unknown =>
  choice.text ?? choice.message?.content ?? choice.delta?.content;

/** vLLM reports in `stop_reason` which stop string ended a text; in other servers `stop` is ambiguous. */
function finishReason(choice: Choice, hasStops: boolean): FinishReason | undefined {
  if (choice.finish_reason === "length") return "length";
  if (choice.finish_reason !== "stop") return undefined;
  if (typeof choice.stop_reason === "string") return "stop";
  return hasStops && choice.stop_reason === undefined ? undefined : "end";
}

function choicesOf(answer: unknown): Choice[] {
  const { choices, error } = (answer ?? {}) as Answer;
  if (error) throw unreadableResponse("the answer is an error", excerpt(error));
  if (!Array.isArray(choices))
    throw unreadableResponse("the answer has no choices", excerpt(answer));
  return choices;
}

/** The token usage that an answer reports, unchecked; undefined if it reports none. */
export function usageOf(answer: unknown): Usage | undefined {
  const { prompt_tokens, completion_tokens = 0 } = (answer as Answer | null)?.usage ?? {};
  if (prompt_tokens === undefined || prompt_tokens === null) return undefined;
  return {
    promptTokens: prompt_tokens as number,
    completionTokens: (completion_tokens ?? 0) as number,
  };
}

/** Completions with an equal share each of the usage, or of the request's bound where that is no usage. */
const withTokens = (
  made: readonly Omit<Completion, "promptTokens" | "completionTokens">[],
  usage: Usage | undefined,
  bound: Usage,
): Completion[] => {
  const { promptTokens, completionTokens } = isWithin(usage, bound) ? usage : bound;
  return made.map((each) => ({
    ...each,
    promptTokens: promptTokens / made.length,
    completionTokens: completionTokens / made.length,
  }));
};

/** The parts of a request that its answer is checked against. */
export interface Asked {
  /** Completions. */
  readonly count: number;
  readonly hasStops: boolean;
  readonly bound: Usage;
}

/** @throws {PrmError} `ERR_RESPONSE` unless the answer has `count` choices with text */
export function completionsOf(answer: unknown, { count, hasStops, bound }: Asked): Completion[] {
  const choices = choicesOf(answer);
  if (choices.length !== count)
    throw unreadableResponse(`${count} choices expected, got ${choices.length}`, excerpt(answer));
  const made = choices.map((choice, i) => {
    const text = textOf(choice);
    if (typeof text !== "string")
      throw unreadableResponse(`choice ${i} has no text`, excerpt(choice));
    const tokens = scoredTokens(choice.logprobs);
    return { text, finishReason: finishReason(choice, hasStops), ...(tokens && { tokens }) };
  });
  return withTokens(made, usageOf(answer), bound);
}

/**
 * Combines a stream of events into completions.
 * @throws {PrmError} `ERR_RESPONSE` for unreadable events and for a stream that ends before all its choices do
 */
export async function completionsOfStream(
  events: AsyncIterable<string>,
  { count, hasStops, bound }: Asked,
): Promise<{ value: Completion[]; usage: Usage | undefined }> {
  const texts = new Array<string>(count).fill("");
  const ends = new Map<number, FinishReason | undefined>();
  const scored = new Map<number, ScoredToken[]>();
  let usage: Usage | undefined;
  for await (const data of events) {
    if (data === "[DONE]") break;
    const part = parsePart(data);
    usage = usageOf(part) ?? usage;
    for (const choice of choicesOf(part)) {
      const index = choice.index ?? 0;
      if (!Number.isInteger(index) || (index as number) < 0 || (index as number) >= count)
        throw unreadableResponse(`a part of choice ${String(index)} of ${count}`, data);
      const text = textOf(choice);
      if (typeof text === "string") texts[index as number] += text;
      const tokens = scoredTokens(choice.logprobs);
      if (tokens) {
        const own = scored.get(index as number) ?? [];
        own.push(...tokens);
        scored.set(index as number, own);
      }
      if (choice.finish_reason) ends.set(index as number, finishReason(choice, hasStops));
    }
  }
  if (ends.size < count)
    throw unreadableResponse(`the stream ended with ${ends.size} of ${count} choices complete`, "");
  const made = texts.map((text, i) => {
    const tokens = scored.get(i);
    return { text, finishReason: ends.get(i), ...(tokens && { tokens }) };
  });
  return { value: withTokens(made, usage, bound), usage };
}

const parsePart = (data: string): unknown =>
  parsePeerJson(data, (why) => {
    throw unreadableResponse(`an event of the stream is ${why}`, data, why !== "no JSON");
  });
