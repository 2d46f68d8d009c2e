import { type ExpertConfig, freezeExcept, saveAdapter } from "@deepgrain/esft";
import { attachLora, type CausalLM, saveLora, saveModel } from "@deepgrain/lm";
import { Generator } from "@deepgrain/tensor-gpu";
import type { CheckpointParts } from "@deepgrain/trainer";

/** What of a model is trained: all weights, low-rank factors of its linear ones, or chosen experts. */
export type TuningMethod =
  | { kind: "full" }
  | {
      kind: "lora";
      rank: number;
      alpha: number;
      dropout?: number;
      /** Ends of the names of the modules that get factors. Default: all linear ones but the head. */
      targetModules?: readonly string[];
      /** Ends of the names of modules that are trained and stored whole. Default: none. */
      modulesToSave?: readonly string[];
    }
  | { kind: "experts"; config: ExpertConfig };

/** What was stored of a training. */
export interface Stored {
  /** Numbers stored. */
  parameters: number;
  /** Bytes of tensor data. */
  dataBytes: number;
}

/** A model of which the rest is frozen. */
export interface PreparedModel {
  /** Stores what is trained in a folder. */
  store(folder: string): Promise<Stored>;
  /** What checkpoints must hold besides the model. */
  parts: CheckpointParts;
}

/** How a method is prepared. */
export interface PrepareOptions {
  /** Draws LoRA's factors. */
  seed: number;
  /** Keep the balance losses attached. Default: only where chosen experts are trained along with their routers. */
  keepAuxLoss?: boolean | undefined;
  signal?: AbortSignal;
}

/** Makes a model ready for fine-tuning: freezes what the method does not train. */
export function prepareTuning(
  model: CausalLM,
  method: TuningMethod,
  { seed, keepAuxLoss, signal }: PrepareOptions,
): PreparedModel {
  if (method.kind === "experts") {
    const { config } = method;
    freezeExcept(model, config, keepAuxLoss === undefined ? {} : { keepAuxLoss });
    const options = signal ? { signal } : {};
    return { store: (folder) => saveAdapter(folder, model, config, options), parts: {} };
  }
  // A task of one kind has no use for balancing.
  if (!keepAuxLoss) for (const layer of model.moeLayers.values()) layer.auxLoss = "off";
  if (method.kind === "lora") {
    const { kind: _, ...settings } = method;
    const lora = attachLora(model, { ...settings, generator: new Generator(seed) });
    const store = async (folder: string) => {
      const { dataBytes } = await saveLora(folder, await lora.read());
      return { parameters: dataBytes / 4, dataBytes };
    };
    return { store, parts: { lora: lora.checkpointPart } };
  }
  const store = async (folder: string) => {
    await saveModel(folder, model);
    const parameters = model.parameters().reduce((sum, { size }) => sum + size, 0);
    return { parameters, dataBytes: 4 * parameters };
  };
  return { store, parts: {} };
}
