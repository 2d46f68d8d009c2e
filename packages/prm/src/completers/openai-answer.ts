import type { Completion, FinishReason } from "./completer";
import type { Usage } from "./endpoint";
import { unreadableResponse } from "./response-body";

/** A choice of an answer, or a part of one in a stream. */
interface Choice {
  index?: unknown;
  text?: unknown;
  message?: { content?: unknown };
  delta?: { content?: unknown };
  finish_reason?: unknown;
  stop_reason?: unknown;
}

interface Answer {
  choices?: unknown;
  usage?: { prompt_tokens?: unknown; completion_tokens?: unknown } | null;
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

/** The token usage that an answer reports; undefined if it reports none. */
export function usageOf(answer: unknown): Usage | undefined {
  const { prompt_tokens, completion_tokens } = (answer as Answer | null)?.usage ?? {};
  if (!Number.isInteger(prompt_tokens)) return undefined;
  const completionTokens = Number.isInteger(completion_tokens) ? (completion_tokens as number) : 0;
  return { promptTokens: prompt_tokens as number, completionTokens };
}

/** @throws {PrmError} `ERR_RESPONSE` unless the answer has `count` choices with text */
export function completionsOf(answer: unknown, count: number, hasStops: boolean): Completion[] {
  const choices = choicesOf(answer);
  if (choices.length !== count)
    throw unreadableResponse(`${count} choices expected, got ${choices.length}`, excerpt(answer));
  const usage = usageOf(answer);
  return choices.map((choice, i) => {
    const text = textOf(choice);
    if (typeof text !== "string")
      throw unreadableResponse(`choice ${i} has no text`, excerpt(choice));
    return {
      text,
      finishReason: finishReason(choice, hasStops),
      promptTokens: usage && usage.promptTokens / count,
      completionTokens: usage && usage.completionTokens / count,
    };
  });
}

/**
 * Combines a stream of events into completions.
 * @throws {PrmError} `ERR_RESPONSE` for unreadable events and for a stream that ends before all its choices do
 */
export async function completionsOfStream(
  events: AsyncIterable<string>,
  count: number,
  hasStops: boolean,
): Promise<{ value: Completion[]; usage: Usage | undefined }> {
  const texts = new Array<string>(count).fill("");
  const ends = new Map<number, FinishReason | undefined>();
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
      if (choice.finish_reason) ends.set(index as number, finishReason(choice, hasStops));
    }
  }
  if (ends.size < count)
    throw unreadableResponse(`the stream ended with ${ends.size} of ${count} choices complete`, "");
  return { value: texts.map((text, i) => ({ text, finishReason: ends.get(i) })), usage };
}

function parsePart(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    throw unreadableResponse("an event of the stream is no JSON", data);
  }
}
