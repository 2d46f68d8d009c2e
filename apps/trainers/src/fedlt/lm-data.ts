import { existsSync } from "node:fs";
import { join } from "node:path";
import { trainValidationSplit } from "@deepgrain/datasets";
import type { Tokenizer } from "@deepgrain/lm";
import {
  type Fingerprint,
  fingerprintFiles,
  fingerprintTexts,
} from "@deepgrain/studies/shared/fingerprint";
import { tokenStream } from "@deepgrain/studies/shared/texts/token-stream";
import type { CliContext } from "../cli/context";
import { UsageError } from "../cli/usage-error";
import { readTexts, tokenizerIn } from "../run/pretraining-texts";

/** Text as tokens, for training and for evaluation. */
export interface LmData {
  tokenizer: Tokenizer;
  /** Of the tokenizer's file. */
  fingerprint: string;
  train: Int32Array;
  heldOut: Int32Array;
}

/** The texts of a training, and what is recorded about them. */
export interface LmTexts {
  train: readonly string[];
  validation: readonly string[];
  /** Fingerprints of the texts, and of a tokenizer that is given. */
  data: { texts: Fingerprint; tokenizer: Fingerprint | null };
}

/** Reads the texts, and writes nothing. @throws {UsageError} when there is none, or no such tokenizer */
export async function lmTexts(
  { data, from }: { data: string; from: string | undefined },
  context: CliContext,
): Promise<LmTexts> {
  const texts = await readTexts(data, context);
  const file = from === undefined ? undefined : join(from, "tokenizer.json");
  if (file !== undefined && !existsSync(file))
    throw new UsageError(`--tokenizer: there is no ${file}`);
  return {
    ...trainValidationSplit(texts, { validation: 0.05 }),
    data: {
      texts: fingerprintTexts(texts),
      tokenizer: file === undefined ? null : await fingerprintFiles([file]),
    },
  };
}

/** Texts as tokens, by the tokenizer of a folder, or by one that is trained on them; it is stored in `out`. */
export async function lmData(
  { train, validation }: LmTexts,
  { out, ...from }: { out: string; from: string | undefined; vocabSize: number },
  context: CliContext,
): Promise<LmData> {
  const { signal } = context;
  const tokenizer = await tokenizerIn(out, train, from, context);
  const { sha256 } = await fingerprintFiles([join(out, "tokenizer.json")]);
  return {
    tokenizer,
    fingerprint: sha256,
    train: await tokenStream(train, tokenizer, { signal }),
    heldOut: await tokenStream(validation, tokenizer, { signal }),
  };
}
