import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import type { EncodeOptions, ParseOptions } from "@deepgrain/align";
import {
  type AttachedLora,
  attachLora,
  type CausalLM,
  loadConfig,
  loadModel,
  loadTokenizer,
  saveLora,
  saveModel,
  type Tokenizer,
} from "@deepgrain/lm";
import { fingerprintFiles, fingerprintModel } from "@deepgrain/studies/shared/fingerprint";
import { copyTokenizer } from "@deepgrain/studies/shared/training/copy-tokenizer";
import { Generator, manualSeed } from "@deepgrain/tensor-gpu";
import type { CommandContext } from "../cli/context";
import { UsageError } from "../cli/usage-error";
import { adapterFiles, modelFiles, trainingFiles, trainingFolder } from "../store/run-record";
import { type AlignValues, settingsOf, type TuningValues } from "./align-flags";

/** A model that is ready to be trained. */
export interface Prepared {
  model: CausalLM;
  tokenizer: Tokenizer;
  lora?: AttachedLora;
  /** Context in tokens. */
  maxLength: number;
  checkpoints: string;
}

/** The input of {@link prepare}. */
interface PrepareOptions<T> {
  group?: string;
  command: string;
  settings?: Record<string, unknown>;
  data?: Record<string, unknown>;
  /** What else is written into the output folder. */
  files?: readonly string[];
  /** What else is kept there for resumption: deleted before a run begins anew. */
  state?: readonly string[];
  /** Claims the output folder. */
  claim: CommandContext["claim"];
  encode(tokenizer: Tokenizer, options: EncodeOptions): T;
  signal: AbortSignal;
}

/**
 * Reads the data file with its name for errors. With `--skip-bad-rows`, malformed rows are listed and counted.
 * @throws {UsageError} without the file; `AlignError` for a malformed row
 */
export async function readData<T>(
  { data: path, skipBadRows }: Pick<AlignValues, "data" | "skipBadRows">,
  parse: (bytes: Uint8Array, options: ParseOptions) => T[],
  { progress }: Pick<CommandContext, "progress">,
): Promise<T[]> {
  const bytes = await readFile(path).catch((error) => {
    if (error.code === "ENOENT") throw new UsageError(`--data: there is no ${path}`);
    throw error;
  });
  const file = basename(path);
  if (!skipBadRows) return parse(bytes, { file });
  let bad = 0;
  const records = parse(bytes, {
    file,
    onBadRow({ message }) {
      bad++;
      progress.note(`skipped: ${message.replace(/^align\/data: /, "")}`);
    },
  });
  if (bad > 0) progress.note(`${bad} bad rows of ${file} skipped, ${records.length} read`);
  return records;
}

/** The id that fills shorter sequences. */
export const paddingOf = ({ padTokenId, eosTokenId }: Tokenizer): number =>
  padTokenId ?? eosTokenId ?? 0;

/**
 * Encodes the data, claims the output folder, loads the model, and attaches factors if requested: invalid data leave an
 * earlier run unchanged.
 *
 * @param options.group of the command, `align` by default
 * @param options.command with what else decides the result
 * @param options.encode gives what is trained on
 * @throws {UsageError} as `claimFolder`; for `--merge` without a rank, an output that is the input, or a context that is too long
 */
export async function prepare<T>(
  values: TuningValues,
  {
    group = "align",
    command,
    settings = {},
    data = {},
    files = [],
    state = [],
    encode,
    claim,
    signal,
  }: PrepareOptions<T>,
): Promise<Prepared & { rows: T }> {
  const { model: folder, out, loraRank: rank, loraAlpha, merge, seed, resume, overwrite } = values;
  if (out === folder) throw new UsageError("--out must be a folder of its own");
  if (merge && rank === undefined) throw new UsageError("--merge needs --lora-rank");
  const tokenizer = await loadTokenizer(folder);
  const { maxPositionEmbeddings: limit } = await loadConfig(folder);
  const { maxLength = limit, template } = values;
  if (maxLength > limit)
    throw new UsageError(
      `--max-length must be at most ${limit}, the model's positions, got ${maxLength}`,
    );
  const rows = encode(tokenizer, { maxLength, ...(template !== undefined && { template }) });
  const record = {
    command: `${group} ${command}`,
    settings: { ...settingsOf(values), ...settings },
    data: {
      model: await fingerprintModel(folder),
      ...(values.data !== undefined && { rows: await fingerprintFiles([values.data]) }),
      ...data,
    },
  };
  const results = rank !== undefined && !merge ? adapterFiles : modelFiles;
  const lists = trainingFiles([...results, ...files], state);
  await claim(out, { ...record, ...lists, resume, overwrite });
  manualSeed(seed);
  const model = await loadModel(folder, { signal });
  const { checkpoints } = trainingFolder(out);
  const prepared = { model, tokenizer, maxLength, checkpoints, rows };
  if (rank === undefined) return prepared;
  const alpha = loraAlpha ?? 2 * rank;
  return { ...prepared, lora: attachLora(model, { rank, alpha, generator: new Generator(seed) }) };
}

/** Writes what was trained: an adapter, or a model folder with its tokenizer. */
export async function saveTrained(
  { model: from, out, merge }: TuningValues,
  { model, lora }: Pick<Prepared, "model" | "lora">,
): Promise<void> {
  if (lora && !merge) {
    const { config, ...factors } = await lora.read();
    await saveLora(out, { ...factors, config: { ...config, baseModel: from } });
    return;
  }
  await lora?.merge();
  await saveModel(out, model);
  await copyTokenizer(from, out);
}
