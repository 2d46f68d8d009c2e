import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import type {
  AlignConfig,
  DpoEvent,
  EncodeOptions,
  KtoEvent,
  ParseOptions,
  PpoConfig,
} from "@deepgrain/align";
import {
  type AttachedLora,
  attachLora,
  type CausalLM,
  copyTokenizer,
  loadConfig,
  loadModel,
  loadTokenizer,
  saveLora,
  saveModel,
  type Tokenizer,
  type TrainEvent,
} from "@deepgrain/lm";
import { fingerprintFiles, fingerprintModel } from "@deepgrain/studies/shared/fingerprint";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import { Generator, manualSeed, optim } from "@deepgrain/tensor-gpu";
import type { CommandContext } from "../commands/context";
import type { Values } from "../flags/flags";
import { requireWith } from "../flags/given-together";
import { ownTexts, writeModelCard } from "../runs/model-card";
import { adapterFiles, modelFiles, trainingFiles, trainingFolder } from "../runs/run-record";
import type { AlignValues, loraFlags, ppoFlags, samplingFlags, TuningValues } from "./align-flags";
import { driveAlign, type Outcome } from "./drive-align";

/** A model that is ready to be trained. */
export interface Prepared {
  model: CausalLM;
  tokenizer: Tokenizer;
  lora?: AttachedLora | undefined;
  /** Fills shorter sequences. */
  padTokenId: number;
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
  /** Further files that are written into the output folder. */
  files?: readonly string[];
  /** Further state that is kept there for resumption: deleted before a run starts over. */
  state?: readonly string[];
  /** Claims the output folder. */
  claim: CommandContext["claim"];
  encode(tokenizer: Tokenizer, options: EncodeOptions): T;
  signal: AbortSignal;
}

/** Rows to train on and rows to measure, by the seed-free rule that every k-th row is held out. */
export function splitRows<T>(rows: readonly T[], share: number): { train: T[]; heldOut: T[] } {
  const every = share > 0 ? Math.max(2, Math.round(1 / share)) : Infinity;
  const isHeldOut = (_: T, i: number) => i % every === every - 1;
  return {
    train: rows.filter((row, i) => !isHeldOut(row, i)),
    heldOut: rows.filter(isHeldOut),
  };
}

/** Options of `@deepgrain/align` that all trainings share. */
export const trainingOptions = (
  { steps, lr: peak, warmup, ...values }: TuningValues,
  { checkpoints, signal }: { checkpoints: string; signal: AbortSignal },
) =>
  ({
    steps,
    lr: optim.cosineSchedule({ peak, warmup, total: steps, floor: peak / 10 }),
    batchSize: values.batchSize,
    seed: values.seed,
    resume: values.resume,
    signal,
    checkpoint: { folder: checkpoints, everySteps: values.checkpointEvery },
  }) satisfies Partial<AlignConfig>;

type PpoValues = Values<typeof ppoFlags & typeof samplingFlags>;

/** The flags of PPO that determine the result, for run.json. */
export const ppoSettings = (given: PpoValues) => {
  const { epochs, minibatches, clip, kl, klTarget = null, klHorizon, gamma, lambda } = given;
  const { entropy, groupSize = 1, maxNewTokens, temperature } = given;
  const update = { epochs, minibatches, clip, kl, klTarget, klHorizon, gamma, lambda, entropy };
  return { ...update, groupSize, maxNewTokens, temperature };
};

/** Options of `ppo` from the flags. */
export function ppoOptions(given: PpoValues) {
  const { kl, klTarget, klHorizon, entropy, ...others } = ppoSettings(given);
  return {
    ...others,
    klCoefficient: kl,
    adaptiveKl: klTarget === null ? undefined : { target: klTarget, horizon: klHorizon },
    entropyCoefficient: entropy,
  } satisfies Partial<PpoConfig>;
}

type LoraValues = Pick<TuningValues, keyof typeof loraFlags>;

/** The flags of low-rank factors that determine the result, for run.json. */
export const loraSettings = ({ loraRank, loraAlpha, merge }: LoraValues) => ({
  loraRank: loraRank ?? null,
  merge: merge ?? false,
  loraAlpha: loraRank === undefined ? null : (loraAlpha ?? 2 * loraRank),
});

/** Low-rank factors attached to a model as the flags say; undefined without a rank, where all weights are trained. */
export function attachFactors(
  model: CausalLM,
  { seed, ...values }: LoraValues & { seed: number },
): AttachedLora | undefined {
  const { loraRank: rank, loraAlpha: alpha } = loraSettings(values);
  if (rank === null || alpha === null) return undefined;
  return attachLora(model, { rank, alpha, generator: new Generator(seed) });
}

/** The flags that determine the result, for run.json. */
const settingsOf = (values: TuningValues) => ({
  steps: values.steps,
  batchSize: values.batchSize,
  lr: values.lr,
  warmup: values.warmup,
  seed: values.seed,
  ...loraSettings(values),
  maxLength: values.maxLength ?? null,
  template: values.template ?? null,
  skipBadRows: values.skipBadRows ?? false,
});

/**
 * Reads the data file with its name for errors. With `--skip-bad-rows`, malformed rows are listed and counted.
 * @throws {UsageError} without the file; `AlignError` for a malformed row
 */
export async function readData<T>(
  { data: path, skipBadRows }: Pick<AlignValues, "data" | "skipBadRows">,
  parse: (bytes: Uint8Array, options: ParseOptions) => T[],
  { progress }: Pick<CommandContext, "progress">,
): Promise<T[]> {
  const bytes = await readFile(path);
  const file = basename(path);
  if (!skipBadRows) return parse(bytes, { file });
  let bad = 0;
  const records = parse(bytes, {
    file,
    onBadRow({ problem }) {
      bad++;
      progress.note(`skipped: ${problem}`);
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
  const { model: folder, out, loraRank: rank, merge, seed, resume, overwrite } = values;
  if (out === folder) throw new UsageError("--out must be a folder of its own");
  requireWith({ merge }, { loraRank: rank });
  const { template } = values;
  const tokenizer = await loadTokenizer(folder, { template });
  const { maxPositionEmbeddings: limit } = await loadConfig(folder);
  const { maxLength = limit } = values;
  if (maxLength > limit)
    throw new UsageError(
      `--max-length must be at most ${limit}, the model's positions, got ${maxLength}`,
    );
  const rows = encode(tokenizer, { maxLength, template });
  const record = {
    command: `${group} ${command}`,
    settings: { ...settingsOf(values), ...settings },
    data: {
      model: await fingerprintModel(folder),
      rows: values.data === undefined ? undefined : await fingerprintFiles([values.data]),
      ...data,
    },
  };
  const results = rank !== undefined && !merge ? adapterFiles : modelFiles;
  const lists = trainingFiles([...results, ...files], state);
  await claim(out, { ...record, ...lists, resume, overwrite });
  manualSeed(seed);
  const model = await loadModel(folder, { signal });
  const { checkpoints } = trainingFolder(out);
  const padTokenId = paddingOf(tokenizer);
  const prepared = { model, tokenizer, padTokenId, maxLength, checkpoints, rows };
  return { ...prepared, lora: attachFactors(model, values) };
}

/** Writes what was trained: an adapter, or a model folder with its tokenizer. */
export async function saveTrained(
  { model: from, out, merge }: Pick<TuningValues, "model" | "out" | "merge">,
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

/** Writes the card of what {@link saveTrained} wrote. */
export async function describeTrained(
  { model: base, out, merge, data }: TuningValues,
  { model, lora }: Pick<Prepared, "model" | "lora">,
  title: string,
  { steps, trainedParameters, last, heldOut }: Outcome,
): Promise<void> {
  const isAdapter = lora !== undefined && !merge;
  const named = (numbers: Readonly<Record<string, number>>, of: string) =>
    Object.fromEntries(Object.entries(numbers).map(([name, value]) => [`${of} ${name}`, value]));
  await writeModelCard(out, {
    summary: `A language model of the family \`${model.config.modelType}\`, trained by ${title}.`,
    base,
    isAdapter,
    tags: [model.config.modelType, ...(isAdapter ? ["lora"] : [])],
    texts: data === undefined ? [] : [ownTexts(data)],
    sizes: { "trained parameters": trainedParameters, steps },
    measured: { ...named(heldOut ?? {}, "held-out"), ...named(last, "last step's") },
  });
}

type AlignEvent = DpoEvent | KtoEvent | TrainEvent;

/** How a command trains, and what it writes. */
interface Aligned<T> extends Omit<PrepareOptions<T>, "claim" | "signal"> {
  /** Name on the screen; that in metrics.jsonl is the command's. */
  title: string;
  train(
    prepared: Prepared & { rows: T },
  ): AsyncIterable<AlignEvent> | Promise<AsyncIterable<AlignEvent>>;
  /** Default: {@link saveTrained}. */
  save?: ((prepared: Prepared & { rows: T }) => Promise<void>) | undefined;
}

/** A training from its flags to the printed result: {@link prepare}, the training itself, writing. */
export async function runAlign<T>(
  values: TuningValues,
  context: CommandContext,
  { title, train, save = (own) => saveTrained(values, own), ...options }: Aligned<T>,
): Promise<void> {
  const { claim, signal } = context;
  const { out, json } = values;
  const prepared = await prepare(values, { ...options, claim, signal });
  const events = await train(prepared);
  const outcome = await driveAlign(events, { stage: options.command, title, out }, context);
  await save(prepared);
  await context.assertOutputs();
  await describeTrained(values, prepared, title, outcome);
  context.write(json ? `${JSON.stringify({ out, ...outcome })}\n` : `${out}\n`);
}
