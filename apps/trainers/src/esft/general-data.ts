import { readFile } from "node:fs/promises";
import {
  conversationBatches,
  type PackedBatch,
  packSequences,
  type Tokenizer,
} from "@deepgrain/lm";
import { tokenStream } from "@deepgrain/studies/shared/texts/token-stream";
import type { CliContext } from "../cli/context";
import type { Values } from "../cli/flags";
import * as flags from "../cli/flags";
import { UsageError } from "../cli/usage-error";
import { textDocuments } from "../formats/text-documents";
import { paddingId } from "./padding-id";
import { readTaskRecords } from "./task-records";

/** Flags for data that keep a model from forgetting. */
export const generalFlags = {
  generalData: flags.file({
    help: 'General data to mix in: conversations or instructions as --data, or texts (.txt, .jsonl of {"text"}), of which every token is trained',
  }),
  generalShare: flags.real({
    max: 1,
    help: "Share of the sequences that are general data; 0.5 by default, below 1",
  }),
};

/** General data, one sequence per position. */
export interface GeneralData {
  share: number;
  batch(position: number): PackedBatch | { ids: Int32Array; batch: number; length: number };
}

interface GeneralOptions extends Pick<CliContext, "signal"> {
  tokenizer: Tokenizer;
  sequenceLength: number;
  seed: number;
}

/** Whether a file holds text: .txt, or lines with that key. */
async function holdsText(file: string): Promise<boolean> {
  if (!/\.jsonl?$/.test(file)) return true;
  const [line = ""] = (await readFile(file, "utf8")).trimStart().split("\n", 1);
  try {
    return "text" in JSON.parse(line);
  } catch {
    return false;
  }
}

/**
 * Reads general data; undefined without a file.
 * @throws {UsageError} for a share without data, or one that leaves nothing of the task; what reading throws
 */
export async function readGeneralData(
  { generalData: file, generalShare }: Values<typeof generalFlags>,
  { tokenizer, sequenceLength, seed, signal }: GeneralOptions,
): Promise<GeneralData | undefined> {
  if (file === undefined) {
    if (generalShare !== undefined) throw new UsageError("--general-share needs --general-data");
    return undefined;
  }
  const share = generalShare ?? 0.5;
  if (share >= 1) throw new UsageError(`--general-share must be below 1, got ${share}`);
  if (await holdsText(file)) {
    const tokens = await tokenStream(await textDocuments(file), tokenizer, { signal });
    return { share, ...blocksOf(tokens, { blockLength: sequenceLength, seed }) };
  }
  const { samples } = await readTaskRecords(file, tokenizer);
  const shape = { sequenceLength, padTokenId: paddingId(tokenizer), batchSize: 1, seed };
  const { batch } = conversationBatches(samples, shape);
  return { share, batch };
}

function blocksOf(tokens: Int32Array, options: { blockLength: number; seed: number }) {
  if (tokens.length < options.blockLength)
    throw new UsageError(
      `--general-data has ${tokens.length} tokens, fewer than a sequence of ${options.blockLength}`,
    );
  const packed = packSequences(tokens, options);
  return { batch: (position: number) => packed.batch(position) };
}
