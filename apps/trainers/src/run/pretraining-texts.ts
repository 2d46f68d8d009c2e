import { existsSync } from "node:fs";
import { join } from "node:path";
import { loadTokenizer, saveTokenizer, type Tokenizer } from "@deepgrain/lm";
import { englishText } from "@deepgrain/studies/shared/texts/english-text";
import { copyTokenizer } from "@deepgrain/studies/shared/training/copy-tokenizer";
import { trainTokenizer } from "@deepgrain/studies/shared/training/train-tokenizer";
import type { CliContext } from "../cli/context";
import { UsageError } from "../cli/usage-error";
import { textDocuments } from "../formats/text-documents";

/** The documents of files, or of the English texts. @throws {UsageError} when there are none */
export async function readTexts(data: string, { resolve, signal }: CliContext): Promise<string[]> {
  const documents: string[] = [];
  for (const name of data.split(",").filter((part) => part !== ""))
    if (name === "english") {
      const { train: most, validation } = await englishText({ characters: 4e6, signal });
      documents.push(...most, ...validation);
    } else documents.push(...(await textDocuments(resolve(name))));
  if (documents.length === 0) throw new UsageError("--data names no text");
  return documents;
}

/** Uses the tokenizer of a folder, or trains one, and stores it in the output folder. */
export async function tokenizerIn(
  out: string,
  texts: readonly string[],
  { from, vocabSize }: { from: string | undefined; vocabSize: number },
  { progress, signal }: CliContext,
): Promise<Tokenizer> {
  if (from !== undefined) await copyTokenizer(from, out);
  else if (!existsSync(join(out, "tokenizer.json")))
    await saveTokenizer(out, await trainTokenizer(texts, { vocabSize, progress, signal }));
  return loadTokenizer(out);
}
