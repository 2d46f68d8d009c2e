import { type AttachedLora, attachLora, type CausalLM, saveLora, saveModel } from "@deepgrain/lm";
import { Generator } from "@deepgrain/tensor-gpu";
import { saveAdapter } from "../adapter/save-adapter";
import { having, optionsOf, refuseUnknown } from "../errors";
import type { ExpertConfig } from "../selection/expert-config";
import { freezeExcept } from "../selection/freeze-except";

/** The part of a model that is trained: all weights, low-rank factors of its linear ones, or chosen experts. */
export type TuningMethod =
  | { kind: "full" }
  | {
      kind: "lora";
      rank: number;
      alpha: number;
      dropout?: number | undefined;
      /** The experts that get factors, and nothing else does. Default: all linear modules but the head. */
      experts?: ExpertConfig["experts"] | undefined;
      /** Ends of the names of modules that are trained and stored whole. Default: none. */
      modulesToSave?: readonly string[] | undefined;
    }
  | { kind: "experts"; config: ExpertConfig };

/** A model of which all that a method does not train is frozen. */
export interface PreparedModel {
  /** Stores what is trained in a folder: a model, LoRA in PEFT's form, or an adapter. */
  store(folder: string): Promise<{
    /** Numbers stored. */
    parameters: number;
    /** Bytes of tensor data. */
    dataBytes: number;
  }>;
  /** State that checkpoints must hold besides the model, for `train`'s `checkpoint.parts`. */
  parts: Readonly<Record<string, AttachedLora["checkpointPart"]>>;
}

/** Ends of the names of experts' matrices. */
const expertModules = (experts: ExpertConfig["experts"]): string[] =>
  [...experts].flatMap(([layer, ids]) =>
    ids.flatMap((id) =>
      ["gate", "up", "down"].map((part) => `layers.${layer}.mlp.experts.${id}.${part}_proj`),
    ),
  );

/**
 * Makes a model ready for fine-tuning by a method: freezes what it does not train, attaches LoRA's factors.
 *
 * @param options.seed draws LoRA's factors
 * @param options.keepAuxLoss keeps the balance losses attached. Default: only where chosen experts are trained along with
 *   their routers, since a task of one kind has no use for balancing
 * @param options.signal stops storing
 * @throws {EsftError} as `freezeExcept`; {LmError} as `attachLora`
 */
export function prepareTuning(
  model: CausalLM,
  method: TuningMethod,
  options: {
    seed: number;
    keepAuxLoss?: boolean | undefined;
    signal?: AbortSignal | undefined;
  },
): PreparedModel {
  const { seed, keepAuxLoss, signal, ...rest } = optionsOf("prepareTuning", options);
  refuseUnknown("prepareTuning", rest);
  having("prepareTuning", "model", model, "moeLayers");
  having("prepareTuning", "method", method, "kind");
  if (method.kind === "experts") {
    const { config } = method;
    freezeExcept(model, config, { keepAuxLoss });
    return { store: (folder) => saveAdapter(folder, model, config, { signal }), parts: {} };
  }
  if (!keepAuxLoss) for (const layer of model.moeLayers.values()) layer.auxLoss = "off";
  if (method.kind === "lora") {
    const { kind: _, experts, ...settings } = method;
    const targetModules = experts && expertModules(experts);
    const generator = new Generator(seed);
    const lora = attachLora(model, { ...settings, targetModules, generator });
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
