import { budgetOf, fail, having, optionsOf, refuseUnknown } from "../errors";
import type { Constraint } from "../generation/constraint";
import type { ChatMessage, Tokenizer } from "../tokenizer";
import { CallReader, endsInThought } from "./call-reader";
import { compileTools } from "./compile-tools";
import { type ToolFormat, toolForms } from "./forms";
import { keepingMarks } from "./marked-tokens";
import {
  checkChoice,
  checkTools,
  type Tool,
  type ToolChoice,
  templateTools,
  toolLimits,
} from "./tool";
import { toolFormatOf } from "./tool-form-of";
import { toolMessages } from "./tool-messages";

/** Options of {@link openTools}. */
export interface OpenToolsOptions {
  /** 1 to 128 functions that the model may call; for `none` there may be no one. */
  tools: readonly Tool[];
  /** Default `auto`. */
  toolChoice?: ToolChoice | undefined;
  /** Whether an answer may have several calls. Default true; an answer to a named tool has one, and Llama's form has one. */
  parallelToolCalls?: boolean | undefined;
  /** The form of calls. Default: recognised from the chat template. */
  toolFormat?: ToolFormat | undefined;
  /** Name of one of several templates, or a Jinja template instead of theirs. */
  template?: string | undefined;
}

/** Tools of one request: what its prompt, its constraint and its answers need. */
export interface OpenTools {
  readonly format: ToolFormat;
  /** For `chatPrompt` and prompt encoders; undefined where none may be called. */
  readonly templateTools: readonly object[] | undefined;
  /** Messages as the template takes them; see `toolMessages`. */
  messages(messages: readonly ChatMessage[]): ChatMessage[];
  /** Keeps calls to their form and schemas; undefined where none may be called. */
  constraint(prompt: readonly number[], signal?: AbortSignal): Promise<Constraint | undefined>;
  /** For `complete`: decodes answers with the marks that calls have. */
  readonly decoding: Pick<Tokenizer, "encode" | "decode">;
  /** A reader of one answer. */
  read(prompt: readonly number[]): CallReader;
}

/** Tokens of a prompt's end that are decoded to see whether it thinks. */
const ENDING = 16;

/**
 * Opens the tools of a request for a tokenizer: the one way of all doors.
 *
 * @throws {LmError} `ERR_MISSING` for a template that takes no tools, or whose form of calls is not known; `ERR_ARGUMENT` for tools,
 *   a choice or a form that is malformed; `ERR_RANGE` for none, and for more than 128
 */
export async function openTools(
  tokenizer: Tokenizer,
  options: OpenToolsOptions,
): Promise<OpenTools> {
  const {
    tools,
    toolChoice = "auto",
    parallelToolCalls = true,
    toolFormat,
    template,
    ...rest
  } = optionsOf("openTools", options);
  refuseUnknown("openTools", rest);
  having("openTools", "tokenizer", tokenizer, "encode", "decode", "applyChatTemplate");
  if (typeof parallelToolCalls !== "boolean")
    fail("ERR_ARGUMENT", "openTools: parallelToolCalls must be true or false");
  const least = toolChoice === "none" ? 0 : 1;
  const checked = checkTools(tools, budgetOf("tools", undefined, toolLimits), least);
  const choice = checkChoice(toolChoice, checked);
  const format = toolFormatOf(tokenizer, { toolFormat, template });
  const form = toolForms[format];
  const isNone = choice === "none";
  const named =
    typeof choice === "string" ? checked : checked.filter((one) => one.name === choice.name);
  const names = isNone ? [] : named.map(({ name }) => name);
  const thinks = (prompt: readonly number[]) =>
    endsInThought(tokenizer.decode(prompt.slice(-ENDING)));
  return {
    format,
    templateTools: isNone ? undefined : templateTools(checked),
    messages: (messages) => toolMessages(messages, format),
    async constraint(prompt, signal) {
      if (isNone) return undefined;
      const isThinking = thinks(prompt);
      const rules = { format, tools: checked, choice, isParallel: parallelToolCalls, isThinking };
      return compileTools(rules, tokenizer, { signal });
    },
    decoding: keepingMarks(tokenizer, form),
    read: (prompt) => new CallReader({ form, names, isThinking: thinks(prompt) }),
  };
}
