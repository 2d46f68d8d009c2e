import { atOnce, type Budget, type BudgetLimits, type Slices } from "@deepgrain/support";
import { budgetOf, LmError } from "../errors";
import type { Program } from "./bounded-template";
import type { TokenizerConfigJson } from "./tokenizer-json";

/** One turn of a conversation. */
export interface ChatMessage {
  role: string;
  content: string;
  /** 1 on an assistant turn that is context only: it is not trained on. */
  mask?: number | undefined;
  [key: string]: unknown;
}

/** Options of `chatTemplate`'s renderer. */
export interface ChatTemplateOptions {
  /** Ends the text where the assistant's answer begins. Default false. */
  addGenerationPrompt?: boolean | undefined;
  /**
   * Name of one of several templates (default `"default"`, with `tools` among the variables `"tool_use"`), or a template that replaces the tokenizer's. A tokenizer that has
   * none must be made with one: `loadTokenizer(folder, { template })`.
   */
  template?: string | undefined;
  /** Further variables of the template, such as `tools`. */
  variables?: Record<string, unknown> | undefined;
  /** Limits of the template: 1,500,000 steps and 262,144 bytes (characters of its own) by default. */
  budget?: BudgetLimits | Budget | undefined;
}

const contentOf = (token: string | { content: string } | null | undefined) =>
  typeof token === "string" ? token : token?.content;

/** The template of conversations with tools, of several that a tokenizer has. */
const FOR_TOOLS = "tool_use";

function findTemplate(
  config: TokenizerConfigJson,
  wanted: string | undefined,
  hasTools: boolean,
): string {
  const { chat_template: own } = config;
  const named = Array.isArray(own) ? own : own ? [{ name: "default", template: own }] : [];
  const isNamed = (entry: unknown) =>
    typeof (entry as { name?: unknown } | null)?.name === "string" &&
    typeof (entry as { template?: unknown }).template === "string";
  if (!named.every(isNamed))
    throw new LmError(
      "ERR_FORMAT",
      "lm/applyChatTemplate: tokenizer_config.json: chat_template must be text or a list of { name, template }",
      { fields: { key: "chat_template" } },
    );
  const ofTools = hasTools && named.find(({ name }) => name === FOR_TOOLS);
  const found =
    (wanted === undefined && ofTools) || named.find(({ name }) => name === (wanted ?? "default"));
  if (found) return found.template;
  if (wanted?.includes("{")) return wanted;
  const message = wanted
    ? `there is no chat template named "${wanted}", only ${named.map(({ name }) => name).join(", ") || "none"}`
    : "the tokenizer has no chat template; give one as `template` to createTokenizer or loadTokenizer";
  throw new LmError("ERR_MISSING", `lm/applyChatTemplate: ${message}`, {
    fields: { template: wanted },
  });
}

/** Renders templates. Jinja is a tenth of this package, so it is loaded only for tokenizers that have a template. */
export type TemplateRenderer = typeof import("./bounded-template") &
  typeof import("./template-slices");

/** The renderer, if there is a template. */
export async function rendererFor(
  template: TokenizerConfigJson["chat_template"],
): Promise<TemplateRenderer | undefined> {
  if (!template) return undefined;
  return { ...(await import("./bounded-template")), ...(await import("./template-slices")) };
}

function assertRenderer(renderer: TemplateRenderer | undefined): asserts renderer {
  if (renderer) return;
  throw new LmError(
    "ERR_MISSING",
    "lm/applyChatTemplate: the tokenizer was made without a chat template; give one as `template` to createTokenizer or loadTokenizer",
  );
}

/** Writes a conversation as text. */
export type ChatTemplate = (
  messages: readonly ChatMessage[],
  options?: ChatTemplateOptions,
) => string;

/** The same in slices, by the function that does it at once. */
const sliced = new WeakMap<
  ChatTemplate,
  (messages: readonly ChatMessage[], options: ChatTemplateOptions) => Slices<string>
>();

/** The text of the template that such a function uses, given its name and whether there are tools. */
const sources = new WeakMap<
  ChatTemplate,
  (template: string | undefined, hasTools: boolean) => string
>();

/**
 * The Jinja text of the template that a function of `chatTemplate` uses for conversations with tools; undefined for a function of
 * somebody else's.
 * @throws {LmError} `ERR_MISSING` without a template
 */
export const templateForTools = (apply: ChatTemplate, template?: string): string | undefined =>
  sources.get(apply)?.(template, true);

/** The text that a function of `chatTemplate` writes, in slices; in one by a function of somebody else's. */
export function* chatText(
  apply: ChatTemplate,
  messages: readonly ChatMessage[],
  options: ChatTemplateOptions,
): Slices<string> {
  const inSlices = sliced.get(apply);
  return inSlices ? yield* inSlices(messages, options) : apply(messages, options);
}

/** Runs a template; its errors become `LmError`s. */
function* guarded(work: () => Slices<string>): Slices<string> {
  try {
    return yield* work();
  } catch (cause) {
    if (LmError.isInstance(cause)) throw cause; // the budget's
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new LmError("ERR_FORMAT", `lm/applyChatTemplate: ${reason}`, { cause });
  }
}

/**
 * Returns the function that writes conversations as text by a tokenizer's Jinja chat template. The template
 * sees `messages`, `add_generation_prompt`, the special tokens (`bos_token`, …) and the variables given.
 *
 * @param config content of tokenizer_config.json
 * @param loaded.renderer as {@link rendererFor} loads it
 * @param loaded.template what `template` is by default
 */
export function chatTemplate(
  config: TokenizerConfigJson,
  {
    renderer,
    template: chosen,
  }: { renderer: TemplateRenderer | undefined; template?: string | undefined },
): ChatTemplate {
  const compiled = new Map<string, Program>();
  const tokens = Object.fromEntries(
    (["bos_token", "eos_token", "pad_token", "unk_token"] as const)
      .map((name) => [name, contentOf(config[name])] as const)
      .filter(([, token]) => token !== undefined),
  );
  function* render(
    messages: readonly ChatMessage[],
    options: ChatTemplateOptions,
    isSliced: boolean,
  ): Slices<string> {
    const { addGenerationPrompt = false, template: wanted = chosen, variables = {} } = options;
    const source = findTemplate(config, wanted, variables.tools !== undefined);
    assertRenderer(renderer);
    const budget = budgetOf("applyChatTemplate", options.budget, renderer.templateLimits);
    return yield* guarded(function* () {
      const program = compiled.get(source) ?? renderer.parseTemplate(source, budget);
      compiled.set(source, program);
      const own = { messages, add_generation_prompt: addGenerationPrompt };
      const given = { ...tokens, ...variables, ...own };
      if (!isSliced) return renderer.renderTemplate(program, given, budget);
      return yield* renderer.templateSlices(program, given, budget);
    });
  }
  const apply: ChatTemplate = (messages, options = {}) => atOnce(render(messages, options, false));
  sliced.set(apply, (messages, options) => render(messages, options, true));
  sources.set(apply, (template = chosen, hasTools) => findTemplate(config, template, hasTools));
  return apply;
}
