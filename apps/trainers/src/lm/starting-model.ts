import type { CommandContext } from "@deepgrain/command-line/commands/context";
import { sayWhetherItCanLeave } from "@deepgrain/command-line/trainings/can-leave";
import { attachFactors } from "@deepgrain/command-line/trainings/prepare-align";
import { tokenizerIn } from "@deepgrain/command-line/trainings/pretraining-texts";
import {
  type AttachedLora,
  CausalLM,
  loadConfig,
  loadModel,
  loadTokenizer,
  type ModelConfig,
  parseConfig,
  type Tokenizer,
  trainingMemory,
} from "@deepgrain/lm";
import { formatMemory } from "@deepgrain/moe";
import { readJson } from "@deepgrain/studies/shared/read-json";
import { smallMixture } from "@deepgrain/studies/shared/small-mixture";
import { modelConfig } from "@deepgrain/studies/shared/training/model-config";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import { manualSeed } from "@deepgrain/tensor-gpu";
import { z } from "zod";
import { balanceKeys } from "./balance";
import type { Settled } from "./settle-flags";

/** The model that a training starts from. */
export interface Start {
  model: CausalLM;
  tokenizer: Tokenizer;
  /** The trained part, where that is not all weights. */
  lora?: AttachedLora | undefined;
  /** Bytes that a step is expected to take. */
  estimatedBytes: number;
}

/**
 * The settings of a config.json, with the tokenizer's vocabulary and special tokens; without one, a small DeepSeekMoE.
 */
async function newConfig(
  { modelConfig: path, sequenceLength: length, ...values }: Settled,
  tokenizer: Tokenizer,
): Promise<ModelConfig> {
  const balance = balanceKeys(values);
  if (path === undefined) {
    const positions = Math.max(512, length);
    const { source } = modelConfig(smallMixture, tokenizer, { positions });
    return parseConfig({ ...source, ...balance });
  }
  const { vocabSize, bosTokenId = null, eosTokenId = null, padTokenId = null } = tokenizer;
  const json = await readJson(path, z.looseObject({ model_type: z.string() }));
  const ids = { bos_token_id: bosTokenId, eos_token_id: eosTokenId, pad_token_id: padTokenId };
  return parseConfig({ ...json, ...balance, vocab_size: vocabSize, ...ids });
}

/** A model that is to be continued, without its weights. */
export interface Continued {
  folder: string;
  config: ModelConfig;
  tokenizer: Tokenizer;
}

/**
 * Opens the model of `--model` before anything is written, and before its weights are loaded; undefined without one.
 * @throws {UsageError} for sequences longer than its positions; {LmError} as `loadConfig` and
 *   `loadTokenizer`
 */
export async function openContinued({
  model: folder,
  sequenceLength,
}: Pick<Settled, "model" | "sequenceLength">): Promise<Continued | undefined> {
  if (folder === undefined) return undefined;
  const config = await loadConfig(folder);
  const { maxPositionEmbeddings: limit } = config;
  if (sequenceLength > limit)
    throw new UsageError(
      `--sequence-length must be at most ${limit}, the model's positions, got ${sequenceLength}`,
    );
  return { folder, config, tokenizer: await loadTokenizer(folder) };
}

/** The part of a model that is trained with low-rank factors alone, which the estimate leaves out. */
const NOTHING = { experts: 0, sharedExperts: false, others: false };

/**
 * A new model with random weights, with the tokenizer of a folder or a trained one in `out`; or one that is continued, with
 * factors where they are asked for.
 *
 * @param from.texts for a new tokenizer
 */
export async function startingModel(
  { out, ...values }: Settled & { out: string },
  { continued, texts }: { continued: Continued | undefined; texts: readonly string[] },
  context: CommandContext,
): Promise<Start> {
  const { loraRank, batchSize: batch, sequenceLength, seed, gradientCheckpointing } = values;
  const { tokenizer: from, vocabSize } = values;
  const tokenizer =
    continued?.tokenizer ?? (await tokenizerIn(out, texts, { from, vocabSize }, context));
  manualSeed(seed);
  const config = continued?.config ?? (await newConfig(values, tokenizer));
  const trained = loraRank === undefined ? undefined : NOTHING;
  const run = { batch, sequenceLength, trained, gradientCheckpointing };
  const memory = trainingMemory(config, run);
  context.progress.note(formatMemory(memory));
  const { signal } = context;
  const model = continued ? await loadModel(continued.folder, { signal }) : new CausalLM(config);
  await sayWhetherItCanLeave(model, tokenizer, context);
  const lora = attachFactors(model, values);
  return { model, tokenizer, lora, estimatedBytes: memory.total };
}
