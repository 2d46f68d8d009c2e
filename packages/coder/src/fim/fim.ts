import { fail, oneOf, optionsOf, real, refuseUnknown, textOf } from "../errors";
import { codePoints } from "./cut-at";
import { type FimMode, fimText } from "./fim-text";
import type { SentinelFamily } from "./sentinels";
import { listOf, sentinelIn, sentinelsOf } from "./sentinels-of";

/** Options of {@link fim}. */
export interface FimOptions {
  /** Draws numbers in [0, 1). */
  random: () => number;
  /** Share of the documents whose middle is moved, from 0 to 1; default 0.5. */
  rate?: number | undefined;
  /** Default `"psm"`. */
  mode?: FimMode | undefined;
  /** Default `"deepseek"`. */
  family?: SentinelFamily | undefined;
  /**
   * How to treat a document that holds a sentinel: throw, or put a zero-width space behind its first letter; default
   * `"refuse"`.
   */
  sentinels?: "refuse" | "escape" | undefined;
}

/** Longest masked span, as a share of the document. */
const LONGEST_SPAN = 0.15;

/** Two cuts: uniform among positions for `psm` and `spm`; a span of at most 15 % of the document for `msp`. */
function drawCuts(length: number, mode: FimMode, random: () => number): [number, number] {
  const position = (places: number) => Math.min(Math.floor(random() * places), places - 1);
  if (mode === "msp") {
    const longest = Math.max(1, Math.floor(LONGEST_SPAN * length));
    const span = 1 + position(longest);
    const start = position(length - span + 1);
    return [start, start + span];
  }
  const [a, b] = [position(length + 1), position(length + 1)];
  return a < b ? [a, b] : [b, a];
}

/** The document with a zero-width space inside every sentinel, which a tokenizer then reads as plain text. */
const escaped = (document: string, marks: readonly string[]): string =>
  marks.reduce((text, mark) => text.replaceAll(mark, `${mark[0]}\u200b${mark.slice(1)}`), document);

/**
 * Moves the middle of a share of documents to their end, so that a model learns to fill in the middle. Call it once per
 * document, before packing. Cuts fall between code points, as in the code that DeepSeek-Coder followed. An empty document,
 * and one that the draw leaves out, is returned as it is.
 *
 * @param document a whole file
 * @returns the text to train on, without tokens for its beginning and end
 * @throws {CoderError} `ERR_SENTINEL` for a document that holds a sentinel, unless they are escaped; `ERR_RANGE` for a rate
 *   outside [0, 1]
 * @see Guo et al. 2024 (DeepSeek-Coder), section 3.1.2; Zhu et al. 2024 (DeepSeek-Coder-V2), section 3.1
 */
export function fim(document: string, options: FimOptions): string {
  const {
    random,
    rate = 0.5,
    mode = "psm",
    family = "deepseek",
    ...others
  } = optionsOf("fim", options);
  const { sentinels: policy = "refuse", ...rest } = others;
  refuseUnknown("fim", rest, [
    "random",
    "rate",
    "mode",
    "family",
    "sentinels",
  ] satisfies (keyof FimOptions)[]);
  textOf("fim", "document", document);
  if (typeof random !== "function")
    fail("ERR_ARGUMENT", "fim: random must be a function that draws numbers in [0, 1)", { random });
  real("fim", "rate", rate, { min: 0, max: 1 });
  oneOf("fim", "mode", mode, ["psm", "spm", "msp"]);
  oneOf("fim", "sentinels", policy, ["refuse", "escape"]);
  const marks = sentinelsOf("fim", family);
  const held = sentinelIn(document, marks);
  if (held !== undefined && policy === "refuse")
    fail("ERR_SENTINEL", `fim: the document holds the sentinel ${held}`, { sentinel: held });
  const text = held === undefined ? document : escaped(document, listOf(marks));
  if (text === "" || random() >= rate) return text;
  return fimText(text, drawCuts(codePoints(text), mode, random), mode, { family: marks });
}
