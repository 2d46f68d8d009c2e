import { readFile } from "node:fs/promises";
import type { Tokenizer } from "@deepgrain/lm";
import { UsageError } from "../shared/usage-error";
import { readTexts } from "./text-file";

/** Longer paragraphs are split at line ends: texts with one sentence per line have no other breaks. */
const LONGEST = 4000;

/** The ids of a long text, paragraph by paragraph. */
export function encodeParagraphs(text: string, tokenizer: Tokenizer): number[][] {
  return text
    .split(/\n\s*\n/)
    .flatMap((paragraph) => (paragraph.length > LONGEST ? paragraph.split("\n") : [paragraph]))
    .map((paragraph) => paragraph.trim())
    .filter((paragraph) => paragraph !== "")
    .map((paragraph) => tokenizer.encode(paragraph, { addSpecialTokens: false }));
}

/**
 * Human text as ids: a plain text, or JSON as `readTexts` takes it.
 * @throws {UsageError} when it is text and there is no tokenizer
 */
export async function readCorpus(
  path: string,
  tokenizer: Tokenizer | undefined,
): Promise<number[][]> {
  const encode = (text: string) => {
    if (tokenizer) return encodeParagraphs(text, tokenizer);
    throw new UsageError(`${path} is text, which needs --tokenizer or --model`);
  };
  if (!path.endsWith(".json")) return encode(await readFile(path, "utf8"));
  const texts = await readTexts(path);
  return texts.flatMap(({ ids, text }) => (ids ? [[...ids]] : encode(text!)));
}
