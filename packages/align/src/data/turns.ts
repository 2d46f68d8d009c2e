import type { ChatMessage } from "@deepgrain/lm";
import { isObject, type Place, rowError } from "./rows";

const roles = ["system", "developer", "user", "assistant", "tool", "function"];

/** The names of ShareGPT's speakers. */
const speakers: Readonly<Record<string, string>> = {
  human: "user",
  user: "user",
  gpt: "assistant",
  assistant: "assistant",
  model: "assistant",
  system: "system",
  tool: "tool",
  observation: "tool",
};

/** Whether a turn is an answer that is trained on and says nothing. */
const isEmptyAnswer = ({ role, content, mask, tool_calls }: Record<string, unknown>) =>
  role === "assistant" && content === "" && mask !== 1 && tool_calls === undefined;

/**
 * The turns of a conversation.
 * @throws {AlignError} `ERR_FORMAT` naming the key, also for an unknown role and for an answer without text that is to be
 *   learnt
 */
export function messagesOf(value: unknown, place: Place, key: string): ChatMessage[] {
  if (!Array.isArray(value) || value.length === 0)
    throw rowError(place, key, "a list of at least one turn", value);
  return value.map((turn: unknown, i) => {
    const at = `${key}[${i}]`;
    if (!isObject(turn)) throw rowError(place, at, "an object with role and content", turn);
    if (typeof turn.role !== "string") throw rowError(place, `${at}.role`, "text", turn.role);
    if (!roles.includes(turn.role))
      throw rowError(place, `${at}.role`, `one of ${roles.join(", ")}`, turn.role);
    if (typeof turn.content !== "string")
      throw rowError(place, `${at}.content`, "text", turn.content);
    if (key !== "prompt" && key !== "rejected" && isEmptyAnswer(turn))
      throw rowError(place, `${at}.content`, "text with characters", "");
    return turn as ChatMessage;
  });
}

/** The turns of a ShareGPT row, `[{ from, value }]`, or with `role` and `content`. */
export function conversationOf(value: unknown, place: Place): ChatMessage[] {
  if (!Array.isArray(value)) throw rowError(place, "conversations", "a list of turns", value);
  const turns = value.map((turn: unknown, i) => {
    if (!isObject(turn) || turn.from === undefined) return turn;
    const role = Object.hasOwn(speakers, String(turn.from))
      ? speakers[String(turn.from)]
      : undefined;
    if (role === undefined)
      throw rowError(
        place,
        `conversations[${i}].from`,
        `one of ${Object.keys(speakers).join(", ")}`,
        turn.from,
      );
    if (typeof turn.value !== "string")
      throw rowError(place, `conversations[${i}].value`, "text", turn.value);
    return { role, content: turn.value };
  });
  return messagesOf(turns, place, "conversations");
}

/** The turns of an Alpaca row: the instruction with its input as the user's turn, the output as the answer. */
export function instructionOf(
  { instruction, input, output, system }: Record<string, unknown>,
  place: Place,
): ChatMessage[] {
  if (typeof instruction !== "string" || instruction === "")
    throw rowError(place, "instruction", "text with characters", instruction);
  for (const [key, value] of Object.entries({ input, system }))
    if (value !== undefined && value !== null && typeof value !== "string")
      throw rowError(place, key, "text", value);
  if (typeof output !== "string" || output === "")
    throw rowError(place, "output", "text with characters", output);
  const asked = input ? `${instruction}\n\n${input}` : instruction;
  const turns: ChatMessage[] = [
    { role: "user", content: asked },
    { role: "assistant", content: output },
  ];
  return system ? [{ role: "system", content: String(system) }, ...turns] : turns;
}
