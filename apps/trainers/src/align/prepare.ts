import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import {
  type AttachedLora,
  attachLora,
  type CausalLM,
  loadModel,
  loadTokenizer,
  saveLora,
  saveModel,
  type Tokenizer,
} from "@deepgrain/lm";
import { Generator, manualSeed } from "@deepgrain/tensor-gpu";
import { UsageError } from "../cli/usage-error";
import { copyTokenizer } from "../models/copy-tokenizer";
import { fingerprintFiles, fingerprintModel } from "../store/fingerprint";
import { claimRun, trainingFolder } from "../store/run-record";
import { type AlignValues, settingsOf } from "./flags";

/** A model that is ready to be trained. */
export interface Prepared {
  model: CausalLM;
  tokenizer: Tokenizer;
  lora?: AttachedLora;
  /** Context in tokens. */
  maxLength: number;
  checkpoints: string;
}

/** Reads the data file with its name for errors. */
export async function readData<T>(
  path: string,
  parse: (text: string, options: { file: string }) => T,
): Promise<T> {
  const text = await readFile(path, "utf8").catch((error) => {
    if (error.code === "ENOENT") throw new UsageError(`--data: there is no ${path}`);
    throw error;
  });
  return parse(text, { file: basename(path) });
}

/** The id that fills shorter sequences. */
export const paddingOf = ({ padTokenId, eosTokenId }: Tokenizer): number =>
  padTokenId ?? eosTokenId ?? 0;

/**
 * Claims the output folder, loads model and tokenizer, and attaches factors where they are asked for.
 *
 * @param group of the command, `align` by default
 * @param command with what else decides the result
 * @throws {UsageError} as `claimRun`; for `--merge` without a rank, an output that is the input, or a context that is too long
 */
export async function prepare(
  values: AlignValues,
  {
    group = "align",
    command,
    settings = {},
    data = {},
    signal,
  }: {
    group?: string;
    command: string;
    settings?: Record<string, unknown>;
    data?: Record<string, unknown>;
    signal: AbortSignal;
  },
): Promise<Prepared> {
  const { model: folder, out, loraRank: rank, loraAlpha, merge, seed, resume, overwrite } = values;
  if (out === folder) throw new UsageError("--out must be a folder of its own");
  if (merge && rank === undefined) throw new UsageError("--merge needs --lora-rank");
  const tokenizer = await loadTokenizer(folder);
  const record = {
    command: `${group} ${command}`,
    settings: { ...settingsOf(values), ...settings },
    data: {
      model: await fingerprintModel(folder),
      rows: await fingerprintFiles([values.data]),
      ...data,
    },
  };
  await claimRun(out, record, { resume, overwrite });
  manualSeed(seed);
  const model = await loadModel(folder, { signal });
  const limit = model.config.maxPositionEmbeddings;
  const { maxLength = limit } = values;
  if (maxLength > limit)
    throw new UsageError(
      `--max-length must be at most ${limit}, the model's positions, got ${maxLength}`,
    );
  const { checkpoints } = trainingFolder(out);
  if (rank === undefined) return { model, tokenizer, maxLength, checkpoints };
  const alpha = loraAlpha ?? 2 * rank;
  const lora = attachLora(model, { rank, alpha, generator: new Generator(seed) });
  return { model, tokenizer, maxLength, checkpoints, lora };
}

/** Writes what was trained: an adapter, or a model folder with its tokenizer. */
export async function saveTrained(
  { model: from, out, merge }: AlignValues,
  { model, lora }: Pick<Prepared, "model" | "lora">,
): Promise<void> {
  if (lora && !merge) {
    await saveLora(out, await lora.read());
    return;
  }
  await lora?.merge();
  await saveModel(out, model);
  await copyTokenizer(from, out);
}
