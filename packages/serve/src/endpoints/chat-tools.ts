import { type ChatMessage, type Constraint, LmError, type TextPiece } from "@deepgrain/lm";
import type { OpenTools, ToolEvent } from "@deepgrain/lm/tools";
import { hasCalls } from "../fields/chat-fields";
import type { AskedTools } from "../fields/tool-fields";
import { refuseField } from "../http/refusal";
import type { OpenModel } from "../served-model";
import type { RequestContext } from "./context";

/** Errors of tools begin so. */
const ofTools = "lm/tools: ";

/** Refuses what `lm` refuses about tools, by its place in a chat request. */
function refuseTools(error: unknown, field = "tools"): never {
  if (!LmError.isInstance(error) || !error.message.startsWith(ofTools)) throw error;
  const { place } = error.fields;
  const reason = error.message.slice(ofTools.length);
  return typeof place === "string"
    ? refuseField(place, `${reason}.`)
    : refuseField(field, `${field}: ${reason}.`);
}

/**
 * The tools of a request, ready for its model; undefined where none may be called and the conversation has none.
 * @throws {ServeError} `ERR_REQUEST`, status 400, for a model that takes no tools, and for tools that are refused
 */
export async function openRequestTools(
  { tokenizer, toolFormat }: OpenModel,
  { tools, choice, isParallel }: AskedTools,
  messages: readonly ChatMessage[],
): Promise<OpenTools | undefined> {
  if (choice === "none" && !hasCalls(messages)) return undefined;
  const { openTools } = await import("@deepgrain/lm/tools");
  const asked = { toolChoice: choice, parallelToolCalls: isParallel, toolFormat };
  const field = choice === "none" ? "messages" : "tools";
  return openTools(tokenizer, { tools, ...asked }).catch((error) => refuseTools(error, field));
}

/** The messages as the model's template takes them. @throws {ServeError} `ERR_REQUEST`, status 400, naming the field */
export function toolMessages(
  opened: OpenTools | undefined,
  messages: readonly ChatMessage[],
): readonly ChatMessage[] {
  if (!opened) return messages;
  try {
    return opened.messages(messages);
  } catch (error) {
    return refuseTools(error, "messages");
  }
}

/**
 * The constraint that keeps an answer's calls to the tools' schemas; those of one key are compiled one after another.
 * @throws {ServeError} `ERR_REQUEST`, status 400, for a schema that is not enforced or costs too much, naming the tool
 */
export const toolConstraint = (
  opened: OpenTools,
  prompt: readonly number[],
  { schemas }: OpenModel,
  { prefixKey, signal }: RequestContext,
): Promise<Constraint | undefined> =>
  schemas(prefixKey, signal, () => opened.constraint(prompt, signal)).catch((error) =>
    refuseTools(error),
  );

/** The parts of each choice's pieces: text alone without tools. */
export type ReadPiece = (piece: TextPiece & { readonly choice: number }) => readonly ToolEvent[];

/** Reads the pieces of a request's choices. */
export function pieceReader(opened: OpenTools | undefined, prompt: readonly number[]): ReadPiece {
  if (!opened) return ({ text }) => (text === "" ? [] : [{ type: "text", text }]);
  const readers = new Map<number, ReturnType<OpenTools["read"]>>();
  return ({ choice, text, finishReason }) => {
    const reader = readers.get(choice) ?? opened.read(prompt);
    readers.set(choice, reader);
    const events = reader.push(text);
    return finishReason ? [...events, ...reader.end()] : events;
  };
}
