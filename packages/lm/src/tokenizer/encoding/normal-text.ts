import type { Slices } from "@deepgrain/support";
import type { Pace } from "./pace";
import type { NormalizerStep, Pipeline } from "./pipeline";
import { rewritten } from "./rewritten";

/** Characters that are normalised together where a text is cut. */
const PART = 4096;

/**
 * Characters between two of which a text may be cut, by their blocks: none of them composes with its neighbour, and none leaves
 * open whether a sigma before it ends a word.
 */
const firm = [
  ' !"#$%&()*+,\\-/0-9;<=>?@A-Z\\[\\]_a-z{|}~',
  "\\u0391-\\u03a1\\u03a4-\\u03a9\\u03b1-\\u03c1\\u03c4-\\u03c9\\u0410-\\u044f", // Greek without sigma, Cyrillic
  "\\u05d0-\\u05ea\\u0621-\\u063a\\u0641-\\u064a\\u0915-\\u0939\\u0e01-\\u0e2f", // Hebrew, Arabic, Devanagari, Thai
  "\\u2190-\\u2bff\\u3041-\\u3096\\u30a1-\\u30fa\\u4e00-\\u9fa5\\uac00-\\ud7a3", // signs, Kana, Han, Hangul
].join("");
/** Further ones, of a text without sigma. */
const loose = "'.:^`";

const between = (characters: string) => new RegExp(`(?<=[${characters}])(?=[${characters}])`, "g");
const seams = between(firm);
const looseSeams = between(firm + loose);

const local: ReadonlySet<unknown> = new Set([
  ...["NFC", "NFD", "NFKC", "NFKD", "Lowercase", "StripAccents", "BertNormalizer", "Precompiled"],
]);

/** Whether a step reads no further than the next letter, so that a text may be cut before it. */
function isLocal({ config, normalizers }: NormalizerStep): boolean {
  const { type, pattern, content = "" } = config;
  if (type === "Sequence") return normalizers!.every((step) => step === null || isLocal(step));
  if (type === "Replace") return pattern?.String?.length === 1 && /^[ \u2581]?$/.test(content);
  return local.has(type);
}

function* cut(text: string): Generator<string> {
  const seam = text.includes("\u03a3") ? seams : looseSeams;
  let start = 0;
  while (text.length - start > PART) {
    seam.lastIndex = start + PART;
    const found = seam.exec(text);
    if (!found) break;
    yield text.slice(start, found.index);
    start = found.index;
  }
  yield text.slice(start);
}

/** A section of a text as the tokenizer's normaliser writes it. Some read all of it at once: these run in one piece. */
export function* normalText(pipeline: Pipeline, section: string, pace: Pace): Slices<string> {
  const { normalizer } = pipeline;
  const text = rewritten(pipeline, section);
  if (normalizer === null) return text;
  const parts: string[] = [];
  for (const part of isLocal(normalizer) ? cut(text) : [text]) {
    parts.push(normalizer(part));
    if (pace.isDue(part.length)) yield;
  }
  return parts.join("");
}
