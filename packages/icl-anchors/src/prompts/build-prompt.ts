import { AnchorsError, having, listOf, optionsOf, refuseUnknown } from "../errors";
import type { Prompt } from "./prompt";
import { type MultiToken, type PromptTemplate, templateParts } from "./template";

/** A text with its class. */
export interface Example {
  text: string;
  /** Index into the template's labels. */
  label: number;
}

/** Text to token ids, such as `text => tokenizer.encode(text)`. */
export type Encode = (text: string) => readonly number[];

/** Options of {@link buildPrompt}. */
export interface BuildPromptOptions {
  encode: Encode;
  /** Class of the query, if known. */
  gold?: number | undefined;
  /** How to treat label words of several tokens. Default: the template's setting, else `"refuse"`. */
  multiToken?: MultiToken | undefined;
}

type Kind = "format" | "text" | "label";

/** A piece of the prompt's text and its type. */
interface Piece {
  text: string;
  kind: Kind;
  /** The demonstration that it belongs to. */
  block: number;
}

function piecesOf(template: PromptTemplate, demonstrations: readonly Example[]): Piece[] {
  const { input, space, answer } = templateParts(template.block);
  return demonstrations.flatMap(({ text, label }, block): Piece[] => [
    { text: input, kind: "format", block },
    { text: space + text, kind: "text", block },
    { text: answer, kind: "format", block },
    { text: template.labels[label]!, kind: "label", block },
    { text: "\n", kind: "format", block },
  ]);
}

/**
 * Tokens of each piece, found by encoding everything before its end.
 * @throws {AnchorsError} `ERR_TOKENS` if a token crosses the end of a piece
 */
function pieceEnds(encode: Encode, pieces: readonly string[], all: readonly number[]): number[] {
  let text = "";
  return pieces.map((piece) => {
    text += piece;
    const ids = encode(text);
    const differs = ids.findIndex((id, i) => id !== all[i]);
    if (differs < 0) return ids.length;
    throw new AnchorsError(
      "ERR_TOKENS",
      `icl-anchors/buildPrompt: a token reaches over the end of ${JSON.stringify(piece.slice(-40))}; the template needs a boundary that the tokenizer keeps`,
      { fields: { piece, position: differs } },
    );
  });
}

const range = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);

/**
 * Ids of each label word after the template's answer prefix.
 *
 * @returns per class one id, or with `"mean"` all ids of the word
 * @throws {AnchorsError} `ERR_TOKENS` for a word of several tokens with `"refuse"`, or two words with equal ids
 */
export function labelIds(
  template: PromptTemplate,
  options: Omit<BuildPromptOptions, "gold">,
): (number | readonly number[])[] {
  const {
    encode,
    multiToken = template.multiToken ?? "refuse",
    ...rest
  } = optionsOf("labelIds", options);
  refuseUnknown("labelIds", rest);
  const { answer } = templateParts(template.block);
  const prefix = answer.trimStart();
  const before = encode(prefix).length;
  const found = template.labels.map((word) => {
    const ids = encode(prefix + word).slice(before);
    if (ids.length === 0 || (ids.length > 1 && multiToken === "refuse"))
      throw new AnchorsError(
        "ERR_TOKENS",
        `icl-anchors/labelIds: label word ${JSON.stringify(word)} must be one token, got ${ids.length}; set multiToken to "first" or "mean"`,
        { fields: { word, ids } },
      );
    return multiToken === "mean" && ids.length > 1 ? ids : ids[0]!;
  });
  if (new Set(found.map(String)).size < found.length)
    throw new AnchorsError(
      "ERR_TOKENS",
      `icl-anchors/labelIds: the label words of ${template.name} must have different ids, got ${found.join(", ")}`,
      { fields: { ids: found } },
    );
  return found;
}

/**
 * A k-shot prompt: the demonstrations' blocks and the query's, joined by newlines, with the positions of label words,
 * formatting and texts. The text is encoded as a whole.
 *
 * @param demonstrations in the order of the prompt
 * @param text of the query
 * @throws {AnchorsError} `ERR_RANGE` for an unknown class, `ERR_TOKENS` if tokens cross the parts of the template, or
 *   for label words of several tokens; `ERR_FORMAT` for a template
 * @see Wang et al. 2023, appendix A
 */
export function buildPrompt(
  template: PromptTemplate,
  demonstrations: readonly Example[],
  text: string,
  options: BuildPromptOptions,
): Prompt {
  const {
    encode,
    gold,
    multiToken = template?.multiToken ?? "refuse",
    ...rest
  } = optionsOf("buildPrompt", options);
  refuseUnknown("buildPrompt", rest, [
    "encode",
    "gold",
    "multiToken",
  ] satisfies (keyof BuildPromptOptions)[]);
  having("buildPrompt", "template", template, "labels", "block");
  listOf("buildPrompt", "demonstrations", demonstrations);
  for (const label of [...demonstrations.map((example) => example.label), gold ?? 0])
    if (!(label in template.labels))
      throw new AnchorsError(
        "ERR_RANGE",
        `icl-anchors/buildPrompt: labels must be from 0 to ${template.labels.length - 1}, got ${label}`,
        { fields: { label } },
      );
  const { input, space, answer } = templateParts(template.block);
  const pieces = piecesOf(template, demonstrations);
  const query = input + space + text + answer;
  const ids = encode(pieces.map((piece) => piece.text).join("") + query);
  const start = encode("").length;
  const ends = pieceEnds(
    encode,
    pieces.map((piece) => piece.text),
    ids,
  );
  const places: Record<Kind, number[]> = { format: range(0, start), text: [], label: [] };
  const perClass: number[][][] = template.labels.map(() => []);
  for (const [i, { kind, block }] of pieces.entries()) {
    const tokens = range(ends[i - 1] ?? start, ends[i]!);
    if (kind !== "label") places[kind].push(...tokens);
    else {
      const count = multiToken === "mean" ? tokens.length : 1;
      perClass[demonstrations[block]!.label]!.push(tokens.slice(0, count));
      places.format.push(...tokens.slice(count));
    }
  }
  return {
    ids: Int32Array.from(ids),
    labelPositions: perClass.map((list) => list.flat()),
    labelWords: multiToken === "mean" ? perClass.flat() : undefined,
    target: ids.length - 1,
    classIds: labelIds(template, { encode, multiToken }),
    queryStart: ends.at(-1) ?? start,
    formatPositions: places.format,
    textPositions: places.text,
    gold,
  };
}
