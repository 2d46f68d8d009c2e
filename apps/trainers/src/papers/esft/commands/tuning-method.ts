import {
  checkExpertConfig,
  EsftError,
  type ExpertConfig,
  freezeExcept,
  layoutFromConfig,
  readExpertConfig,
  saveAdapter,
} from "@deepgrain/esft";
import { attachLora, type CausalLM, type ModelConfig, saveLora, saveModel } from "@deepgrain/lm";
import type { MemoryRun } from "@deepgrain/moe";
import { Generator } from "@deepgrain/tensor-gpu";
import type { CheckpointParts } from "@deepgrain/trainer";
import { copyTokenizer } from "../../../models/copy-tokenizer";

/** What was stored of a training. */
export interface Stored {
  /** Numbers stored. */
  parameters: number;
  /** Bytes of tensor data. */
  dataBytes: number;
}

/** A model made ready for training. */
interface Prepared {
  /** Stores what is trained in a folder. */
  store(folder: string): Promise<Stored>;
  /** What checkpoints must hold besides the model. */
  parts: CheckpointParts;
}

/** One way to fine-tune; all go through the same trainer. */
export interface TuningMethod {
  /** What is trained, as far as memory goes; factors of LoRA are not counted. */
  trained: NonNullable<MemoryRun["trained"]>;
  /** Freezes what is not trained. */
  prepare(model: CausalLM): Prepared;
}

export interface MethodOptions {
  /** Keep the balance losses attached; undefined for the method's own choice. */
  keepAuxLoss: boolean | undefined;
  signal: AbortSignal;
}

const trainsNothing = ({ experts, sharedExperts, nonExpertModules }: ExpertConfig): boolean =>
  !sharedExperts && !nonExpertModules && [...experts.values()].every((ids) => ids.length === 0);

/** @throws {EsftError} naming file and key where the configuration does not fit the model, or trains nothing */
async function readFittingConfig(file: string, model: ModelConfig): Promise<ExpertConfig> {
  const config = await readExpertConfig(file);
  const { moeLayers, nRouted } = layoutFromConfig(model.source);
  checkExpertConfig(config, new Map(moeLayers.map((layer) => [layer, nRouted])), { file });
  if (trainsNothing(config))
    throw new EsftError(
      "ERR_MISSING",
      `esft/train: ${file}: experts must name at least one expert unless shared_experts or non_expert_modules is true`,
      { fields: { file, key: "experts" } },
    );
  return config;
}

/** Chosen experts alone. @param file expert_cfg.json */
export async function expertMethod(
  file: string,
  model: ModelConfig,
  { keepAuxLoss, signal }: MethodOptions,
): Promise<TuningMethod> {
  const config = await readFittingConfig(file, model);
  const counts = [...config.experts.values()].map((ids) => ids.length);
  const mean = counts.reduce((sum, count) => sum + count, 0) / Math.max(1, counts.length);
  return {
    trained: {
      experts: mean,
      sharedExperts: config.sharedExperts,
      others: config.nonExpertModules,
    },
    prepare(model) {
      freezeExcept(model, config, keepAuxLoss === undefined ? {} : { keepAuxLoss });
      return { store: (folder) => saveAdapter(folder, model, config, { signal }), parts: {} };
    },
  };
}

function setAuxLoss(model: CausalLM, isKept = false): void {
  if (!isKept) for (const layer of model.moeLayers.values()) layer.auxLoss = "off";
}

/** All weights. @param source the base model's folder, whose tokenizer goes along */
export const fullMethod = (source: string, { keepAuxLoss }: MethodOptions): TuningMethod => ({
  trained: {},
  prepare(model) {
    setAuxLoss(model, keepAuxLoss);
    const store = async (folder: string) => {
      await saveModel(folder, model);
      await copyTokenizer(source, folder);
      const parameters = model.parameters().reduce((sum, { size }) => sum + size, 0);
      return { parameters, dataBytes: 4 * parameters };
    };
    return { store, parts: {} };
  },
});

/** Low-rank factors of all linear weights but embeddings, routers and head. */
export const loraMethod = (
  { rank, alpha, seed }: { rank: number; alpha: number; seed: number },
  { keepAuxLoss }: MethodOptions,
): TuningMethod => ({
  trained: { experts: 0, sharedExperts: false, others: false },
  prepare(model) {
    setAuxLoss(model, keepAuxLoss);
    const lora = attachLora(model, { rank, alpha, generator: new Generator(seed) });
    const store = async (folder: string) => {
      const { dataBytes } = await saveLora(folder, await lora.read());
      return { parameters: dataBytes / 4, dataBytes };
    };
    return { store, parts: { lora: lora.checkpointPart } };
  },
});
