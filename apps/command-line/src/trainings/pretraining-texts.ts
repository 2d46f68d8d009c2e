import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  copyTokenizer,
  loadTokenizer,
  saveTokenizer,
  type Tokenizer,
  trainTokenizer,
} from "@deepgrain/lm";
import { englishText } from "@deepgrain/studies/shared/texts/english-text";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import type { CliContext } from "../commands/context";
import { shownToken } from "../files/shown-token";
import { textDocuments } from "../files/text-documents";

/** The documents of files, or of the English texts. @throws {FormatError} as `textDocuments` */
export async function readTexts(
  files: readonly string[],
  { resolve, signal }: Pick<CliContext, "resolve" | "signal">,
): Promise<string[]> {
  const documents: string[] = [];
  for (const name of files)
    if (name === "english") {
      const { train: most, validation } = await englishText({ characters: 4e6, signal });
      documents.push(...most, ...validation);
    } else documents.push(...(await textDocuments(resolve(name))));
  return documents;
}

/** Trains a tokenizer for a chat model, and draws how far it is. */
export async function trainedTokenizer(
  texts: readonly string[],
  options: { vocabSize: number; splitsDigits?: boolean },
  { progress, signal }: Pick<CliContext, "progress" | "signal">,
) {
  const task = progress.task("Tokenizer");
  const files = await trainTokenizer(texts, {
    ...options,
    signal,
    onMerge({ merges, totalMerges, text, count }) {
      const isWhole = !text.includes("\ufffd"); // a part of a character says nothing
      const latest = isWhole ? ` · "${shownToken(text)}" occurs ${count} times` : "";
      task.update(merges / totalMerges, `${merges} of ${totalMerges} tokens${latest}`);
    },
  });
  const characters = texts.reduce((n, text) => n + text.length, 0);
  const size = Object.keys(files.tokenizer.model.vocab).length;
  task.end(`${size} tokens, learnt from ${(characters / 1e6).toFixed(1)} million characters`);
  return files;
}

/**
 * The file that decides a tokenizer, for a run's record: tokenizer.json of a folder, or the GGUF file that carries it.
 * @throws {UsageError} for a folder without one
 */
export function tokenizerFile(from: string): string {
  const file = /\.gguf$/i.test(from) ? from : join(from, "tokenizer.json");
  if (existsSync(file)) return file;
  throw new UsageError(`--tokenizer: there is no ${file}`);
}

/** Uses the tokenizer of a folder or a GGUF file, or trains one, and stores it in the output folder. */
export async function tokenizerIn(
  out: string,
  texts: readonly string[],
  { from, vocabSize }: { from: string | undefined; vocabSize: number },
  context: CliContext,
): Promise<Tokenizer> {
  if (from !== undefined) await copyTokenizer(from, out);
  else if (!existsSync(join(out, "tokenizer.json")))
    await saveTokenizer(out, await trainedTokenizer(texts, { vocabSize }, context));
  return loadTokenizer(out);
}
