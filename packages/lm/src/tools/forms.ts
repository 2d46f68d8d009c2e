import { LmError } from "../errors";

/** The forms in which model families write calls. */
export const toolFormats = ["hermes", "llama", "mistral", "deepseek", "granite"] as const;

/** One of the five forms of calls. */
export type ToolFormat = (typeof toolFormats)[number];

/**
 * How a family writes calls: the texts around names and arguments. Where several spellings are listed, each is read; what is
 * written with tokens of its own (`marks`) is a mark however it is spelled.
 */
export interface ToolForm {
  /** Whether a chat template writes calls so. */
  isOf(template: string): boolean;
  /** Marks that are tokens, special ones in some families: they are kept when an answer is decoded. */
  readonly marks: readonly string[];
  /** From it on the text is a call. Empty: from a declared name on, at the beginning of an answer alone. */
  readonly mark: string;
  /** Stands before the first call. */
  readonly first: readonly string[];
  /** Up to a call's arguments. */
  call(name: string): readonly string[];
  /** After a call's arguments. */
  readonly close: readonly string[];
  /** Before a further call; null where an answer has one call, `alone` where each stands for itself, between text. */
  readonly further: readonly string[] | "alone" | null;
  /** After the last call. */
  readonly last: readonly string[];
  /** Whether the template writes the arguments of earlier calls as they are, so that they have to be text. */
  readonly takesText: boolean;
}

/** An object with a name and arguments, with and without spaces, up to the arguments. */
const object = (key: string) => (name: string) => [
  `{"name": "${name}", "${key}":`,
  `{"name":"${name}","${key}":`,
];

/** A list of objects after a mark. */
const list = (mark: string, isOf: (template: string) => boolean): ToolForm => ({
  isOf,
  marks: [mark],
  mark,
  first: [`${mark}[`, `${mark} [`],
  call: object("arguments"),
  close: ["}"],
  further: [", ", ","],
  last: ["]"],
  takesText: false,
});

const deepseek = {
  begin: "<｜tool▁calls▁begin｜>",
  end: "<｜tool▁calls▁end｜>",
  call: "<｜tool▁call▁begin｜>",
  separator: "<｜tool▁sep｜>",
  callEnd: "<｜tool▁call▁end｜>",
};

/**
 * The forms, after the chat templates that the families publish.
 * @see Qwen2.5 and Hermes 2 Pro, Llama 3.1, Mistral 7B v0.3, DeepSeek-V3, Granite 3 on huggingface.co, tokenizer_config.json
 */
export const toolForms: Readonly<Record<ToolFormat, ToolForm>> = {
  hermes: {
    isOf: (template) =>
      /<tool_call>/.test(template) &&
      /"arguments\\?"/.test(template) &&
      !/<function=|<arg_key>/.test(template), // two other forms with the same mark
    marks: ["<tool_call>", "</tool_call>"],
    mark: "<tool_call>",
    first: [""],
    call: (name) =>
      object("arguments")(name).flatMap((one) => [`<tool_call>\n${one}`, `<tool_call>${one}`]),
    close: ["}\n</tool_call>", "}</tool_call>"],
    further: "alone",
    last: [""],
    takesText: false,
  },
  llama: {
    isOf: (template) => /"parameters":/.test(template) && template.includes("<|eot_id|>"),
    marks: [],
    mark: "",
    first: [""],
    call: object("parameters"),
    close: ["}"],
    further: null,
    last: [""],
    takesText: false,
  },
  mistral: list(
    "[TOOL_CALLS]",
    (template) => template.includes("[TOOL_CALLS]") && !template.includes("[ARGS]"),
  ),
  deepseek: {
    isOf: (template) => template.includes(deepseek.begin) && template.includes("```json"),
    marks: Object.values(deepseek),
    mark: deepseek.begin,
    first: [deepseek.begin],
    call: (name) => [`${deepseek.call}function${deepseek.separator}${name}\n\`\`\`json\n`],
    close: [`\n\`\`\`${deepseek.callEnd}`],
    further: ["\n", ""],
    last: [deepseek.end],
    takesText: true,
  },
  granite: list("<|tool_call|>", (template) => template.includes("<|tool_call|>")),
};

/** Marks around what a model thinks before it answers. */
export const think = { open: "<think>", close: "</think>" };

/** The form of a template; undefined if it is none of the five. */
export function formOf(template: string): ToolFormat | undefined {
  const found = toolFormats.filter((name) => toolForms[name].isOf(template));
  return found.length === 1 ? found[0] : undefined;
}

/** Whether a template writes the tools of a conversation: it names the variable in a tag. */
export const takesTools = (template: string): boolean =>
  (template.match(/\{[%{][\s\S]*?[%}]\}/g) ?? []).some((tag) => /\btools\b/.test(tag));

/** @throws {LmError} `ERR_ARGUMENT` for a form that is none of the five */
export function checkFormat(format: string): ToolFormat {
  if ((toolFormats as readonly string[]).includes(format)) return format as ToolFormat;
  throw new LmError(
    "ERR_ARGUMENT",
    `lm/tools: the form of calls must be one of ${toolFormats.join(", ")}, got ${format}`,
    { fields: { format } },
  );
}
