import { join } from "node:path";
import { trainValidationSplit } from "@deepgrain/datasets";
import type { Tokenizer } from "@deepgrain/lm";
import { fingerprintFiles } from "@deepgrain/studies/shared/fingerprint";
import { tokenStream } from "@deepgrain/studies/shared/texts/token-stream";
import type { CliContext } from "../cli/context";
import { readTexts, tokenizerIn } from "../run/pretraining-texts";

/** Text as tokens, for training and for evaluation. */
export interface LmData {
  tokenizer: Tokenizer;
  /** Of the tokenizer's file. */
  fingerprint: string;
  train: Int32Array;
  heldOut: Int32Array;
}

/**
 * Reads texts with the tokenizer of a folder, or with one that is trained on them, and stores it in `out`.
 * @throws {UsageError} when there is no text
 */
export async function lmData(
  {
    data,
    out,
    ...from
  }: { data: string; out: string; from: string | undefined; vocabSize: number },
  context: CliContext,
): Promise<LmData> {
  const { signal } = context;
  const documents = trainValidationSplit(await readTexts(data, context), { validation: 0.05 });
  const tokenizer = await tokenizerIn(out, documents.train, from, context);
  const { sha256 } = await fingerprintFiles([join(out, "tokenizer.json")]);
  return {
    tokenizer,
    fingerprint: sha256,
    train: await tokenStream(documents.train, tokenizer, { signal }),
    heldOut: await tokenStream(documents.validation, tokenizer, { signal }),
  };
}
