import { AnchorsError } from "../errors";

/** How to treat a label word of several tokens. */
export type MultiToken = "refuse" | "first" | "mean";

/** How examples are formatted as a prompt. */
export interface PromptTemplate {
  name: string;
  /** One demonstration with `{text}` and, at its end, `{label}`; blocks are joined by a newline. */
  block: string;
  /** Label words in class order, with their leading space. */
  labels: readonly string[];
  /** Names of the classes in data files, in class order; default: the label words without spaces. */
  classNames?: readonly string[] | undefined;
  /** Default `"refuse"`. */
  multiToken?: MultiToken | undefined;
}

/** The parts of a block. */
export interface TemplateParts {
  /** Before the text, without the space at its end. */
  input: string;
  /** Between the line above and the text. */
  space: string;
  /** Between the text and the label. */
  answer: string;
}

const formatError = (message: string, fields: Record<string, unknown> = {}): AnchorsError =>
  new AnchorsError("ERR_FORMAT", `icl-anchors/parseTemplate: ${message}`, { fields });

/** @throws {AnchorsError} `ERR_FORMAT` unless the block is `…{text}…{label}` */
export function templateParts(block: string): TemplateParts {
  const [, before, answer] = /^([\s\S]*)\{text\}([\s\S]*)\{label\}$/.exec(block) ?? [];
  if (before === undefined || answer === undefined || before.includes("{text}"))
    throw formatError(
      `block must hold {text} once and end with {label}, such as "Review: {text}\\nSentiment:{label}", got ${JSON.stringify(block)}`,
      { block },
    );
  if (answer.trim() === "")
    throw formatError("block must have words between {text} and {label}", { block });
  const input = before.trimEnd();
  return { input, space: before.slice(input.length), answer };
}

const words = (value: unknown): readonly string[] | undefined =>
  Array.isArray(value) && value.length > 1 && value.every((x) => typeof x === "string" && x !== "")
    ? value
    : undefined;

/**
 * A template from parsed JSON: `{ "name", "block", "labels", "multiToken"? }`. `labels` is a list of label words, or an
 * object from class names as in the data to label words.
 *
 * @throws {AnchorsError} `ERR_FORMAT` naming the key that is wrong
 */
export function parseTemplate(json: unknown): PromptTemplate {
  if (typeof json !== "object" || json === null || Array.isArray(json))
    throw formatError("a template must be an object");
  const { name = "custom", block, labels, multiToken = "refuse" } = json as Record<string, unknown>;
  if (typeof name !== "string") throw formatError("name must be a string", { name });
  if (typeof block !== "string") throw formatError("block must be a string", { block });
  templateParts(block);
  const isTable = typeof labels === "object" && labels !== null && !Array.isArray(labels);
  const list = words(isTable ? Object.values(labels) : labels);
  if (!list || new Set(list).size < list.length)
    throw formatError("labels must be at least two different label words", { labels });
  if (!["refuse", "first", "mean"].includes(multiToken as string))
    throw formatError("multiToken must be refuse, first or mean", { multiToken });
  return {
    name,
    block,
    labels: list,
    classNames: isTable ? Object.keys(labels) : undefined,
    multiToken: multiToken as MultiToken,
  };
}

/**
 * The paper's templates. TREC's ` Abbreviation` is several tokens in GPT-2's vocabulary; as in the paper, its first
 * token represents it.
 *
 * @see Wang et al. 2023, appendix A
 */
export const templates = {
  sst2: {
    name: "sst2",
    block: "Review: {text}\nSentiment:{label}",
    labels: [" Negative", " Positive"],
    classNames: ["0", "1"],
  },
  trec: {
    name: "trec",
    block: "Question: {text}\nAnswer Type:{label}",
    labels: [" Abbreviation", " Entity", " Description", " Person", " Location", " Number"],
    classNames: ["ABBR", "ENTY", "DESC", "HUM", "LOC", "NUM"],
    multiToken: "first",
  },
  agnews: {
    name: "agnews",
    block: "Article: {text}\nAnswer:{label}",
    labels: [" World", " Sports", " Business", " Technology"],
    classNames: ["1", "2", "3", "4"],
  },
  emoc: {
    name: "emoc",
    block: "Dialogue: {text}\nEmotion:{label}",
    labels: [" Others", " Happy", " Sad", " Angry"],
    classNames: ["others", "happy", "sad", "angry"],
  },
} as const satisfies Record<string, PromptTemplate>;
