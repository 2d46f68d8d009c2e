import { type Generator, nn, noGrad, type Tensor, tidy } from "@deepgrain/tensor-gpu";
import type { CheckpointPart } from "@deepgrain/trainer";
import { having, LmError, optionsOf, real, refuseUnknown, whole } from "../errors";
import type { FactorSize } from "./expert-factors";
import { loraPart } from "./lora-checkpoint";
import { defaultLoraConfig, type LoraConfig, loraRank, loraScale } from "./lora-config";
import type { Lora, LoraFactors } from "./lora-delta";
import {
  attachToExperts,
  type ExpertPart,
  type ExpertStacks,
  type ExpertTargets,
  expertParts,
  isExpertStacks,
} from "./lora-experts";
import { attachToLinear } from "./lora-linear";
import { type FactorSettings, fillFactor, type LoraPart } from "./lora-part";
import { isTarget, isWithin, modulePaths, snakeCasePath } from "./module-paths";
import { type SavedModules, saveModules } from "./saved-modules";

/** Options for {@link attachLora}. */
export interface AttachLoraOptions
  extends Partial<{ [Name in keyof LoraConfig]: LoraConfig[Name] | undefined }> {
  /** Draws the first values of A; default: the engine's generator. */
  generator?: Generator | undefined;
  /** A module's Hugging Face name from its property path. Default: camel case to snake case. */
  nameOf?: ((path: string) => string) | undefined;
}

const NAMES: readonly (keyof AttachLoraOptions)[] = [
  "generator",
  "nameOf",
  "rank",
  "alpha",
  "dropout",
  "targetModules",
  "modulesToSave",
  "fanInFanOut",
  "useRslora",
  "rankPattern",
  "alphaPattern",
  "baseModel",
  "trustPatterns",
];

/** The options, checked, with defaults. */
function settingsOf(options: AttachLoraOptions) {
  const defaults = defaultLoraConfig;
  const {
    generator,
    nameOf = snakeCasePath,
    rank = defaults.rank,
    alpha = defaults.alpha,
    dropout = defaults.dropout,
    targetModules = defaults.targetModules,
    modulesToSave = defaults.modulesToSave,
    fanInFanOut = defaults.fanInFanOut,
    useRslora = defaults.useRslora,
    rankPattern = defaults.rankPattern,
    alphaPattern = defaults.alphaPattern,
    baseModel = defaults.baseModel,
    trustPatterns,
    ...rest
  } = optionsOf("attachLora", options);
  refuseUnknown("attachLora", rest, NAMES);
  const config: LoraConfig = {
    rank,
    alpha,
    dropout,
    targetModules,
    modulesToSave,
    fanInFanOut,
    useRslora,
    rankPattern,
    alphaPattern,
    baseModel,
    trustPatterns,
  };
  checkOptions(config);
  return { generator, nameOf, config };
}

/** Trainable factors in a model. */
export interface AttachedLora {
  readonly config: LoraConfig;
  /** Names of the changed weights' modules. */
  readonly modules: readonly string[];
  /** The factors as parameters, and the weights of `modulesToSave`; they are part of the model's tree as well. */
  parameters(): Tensor[];
  /** Copies the factors and whole modules out, for `saveLora`. */
  read(): Promise<Lora>;
  /** Overwrites the factors and whole modules. @throws {LmError} `ERR_MISMATCH` when modules differ, `ERR_SHAPE` */
  write(lora: Lora): void;
  /** The factors, and the state of `generator` if one was given, for training checkpoints. */
  readonly checkpointPart: CheckpointPart;
  /**
   * Runs a function with the factors disabled, so that the model computes as before. They are enabled again afterwards,
   * also after an error.
   */
  withoutFactors<T>(run: () => T): T;
  /** Adds the change to the base weights permanently, and detaches the factors. */
  merge(): Promise<void>;
  /** Detaches the factors and restores whole modules: the model computes as before. The base weights stay frozen. */
  detach(): void;
}

/** Which matrices of which experts get factors, each as the configuration says for its own module name. */
function expertTargets({ count }: ExpertStacks, name: string, config: LoraConfig): ExpertTargets {
  const sizesOf = (part: ExpertPart): ReadonlyMap<number, FactorSize> => {
    const sizes = new Map<number, FactorSize>();
    for (let expert = 0; expert < count; expert++) {
      const module = `${name}.${expert}.${part}`;
      if (isTarget(module, config))
        sizes.set(expert, { rank: loraRank(config, module), scale: loraScale(config, module) });
    }
    return sizes;
  };
  const all = expertParts.map((part) => [part, sizesOf(part)] as const);
  return new Map(all.filter(([, sizes]) => sizes.size > 0));
}

function attachParts(
  model: nn.Module,
  config: LoraConfig,
  power: FactorSettings["power"],
  { generator, nameOf = snakeCasePath }: AttachLoraOptions,
): LoraPart[] {
  const shared = { dropout: config.dropout, generator, power };
  const parts: LoraPart[] = [];
  for (const [path, module] of [...modulePaths(model)]) {
    const name = nameOf(path);
    if (isWithin(name, config.modulesToSave)) continue;
    if (module instanceof nn.Linear) {
      const size = { rank: loraRank(config, name), scale: loraScale(config, name) };
      if (isTarget(name, config)) parts.push(attachToLinear(module, name, { ...shared, ...size }));
    } else if (isExpertStacks(module)) {
      const targets = expertTargets(module, name, config);
      if (targets.size > 0) parts.push(attachToExperts(module, name, targets, shared));
    }
  }
  return parts;
}

function checkOptions(config: LoraConfig): void {
  const { rank, alpha, dropout, rankPattern, alphaPattern } = config;
  whole("attachLora", "rank", rank, { min: 1 });
  real("attachLora", "alpha", alpha, { above: 0 });
  real("attachLora", "dropout", dropout, { min: 0, below: 1 });
  for (const [pattern, value] of Object.entries(rankPattern))
    whole("attachLora", `rankPattern["${pattern}"]`, value, { min: 1 });
  for (const [pattern, value] of Object.entries(alphaPattern))
    real("attachLora", `alphaPattern["${pattern}"]`, value, { above: 0 });
}

/** @throws {LmError} `ERR_STATE` */
function refuseSecond(model: nn.Module): void {
  for (const [name] of model.namedTensors())
    if (/\.lora[A-Z]\w*$/.test(`.${name}`))
      throw new LmError("ERR_STATE", `lm/attachLora: factors are attached already: ${name}`, {
        fields: { name },
      });
}

/**
 * Freezes a model and attaches trainable low-rank factors to its linear layers and stacked experts: (alpha/r)·B·A·x is
 * added to y. The change is zero at first. The factors become parameters of the model's tree (`….loraA`), so that any
 * trainer over `namedParameters()` trains only them; create the optimiser afterwards.
 *
 * @param options.rank default 8
 * @param options.alpha default 16
 * @param options.targetModules ends of module names, or a regular expression of whole names; default `"all-linear"`: all
 *   linear weights, experts' included, but embeddings, router and head. Single experts have names of their own, such as
 *   `mlp.experts.3.up_proj`, here and in `rankPattern` and `alphaPattern`
 * @param options.modulesToSave ends of names of modules that are trained in full and stored with the factors
 * @throws {LmError} `ERR_RANGE` for settings out of range; `ERR_MISSING` when no module matches; `ERR_STATE` when
 *   factors are attached already, or experts are to be saved whole
 * @see Hu et al. 2022 (LoRA), section 4; Wang et al. 2024 (ESFT), experiment setup, for the defaults
 */
export function attachLora(model: nn.Module, options: AttachLoraOptions = {}): AttachedLora {
  const { generator, nameOf, config } = settingsOf(options);
  having("attachLora", "model", model, "namedTensors", "requireGrad");
  refuseSecond(model);
  model.requireGrad(false);
  const power = { isOn: true };
  const parts = attachParts(model, config, power, { generator, nameOf });
  if (parts.length === 0)
    throw new LmError(
      "ERR_MISSING",
      `lm/attachLora: targetModules must name modules of the model, got ${JSON.stringify(config.targetModules)}`,
      { fields: { targetModules: config.targetModules } },
    );
  const saved = saveOrDetach(parts, () => saveModules(model, config.modulesToSave, nameOf));
  const detach = (keepsWeights: boolean) => {
    for (const part of parts.splice(0)) part.detach();
    saved.release({ keepsWeights });
  };
  const read = async () => ({ ...(await readFactors(parts, config)), saved: await saved.read() });
  const write = (lora: Lora) => {
    writeFactors(parts, lora);
    saved.write(lora.saved);
  };
  return {
    config,
    modules: tidy(() => parts.flatMap((part) => [...part.views().keys()])),
    parameters: () => [...parts.flatMap((part) => part.parameters()), ...saved.parameters()],
    read,
    write,
    checkpointPart: loraPart(config, { read, write, generator }),
    withoutFactors(run) {
      const wasOn = power.isOn;
      power.isOn = false;
      try {
        return saved.withOriginals(run);
      } finally {
        power.isOn = wasOn;
      }
    },
    async merge() {
      for (const part of parts) await part.merge();
      detach(true);
    },
    detach: () => detach(false),
  };
}

/** Detaches the factors again if whole modules cannot be trained. */
function saveOrDetach(parts: readonly LoraPart[], save: () => SavedModules): SavedModules {
  try {
    return save();
  } catch (error) {
    for (const part of parts) part.detach();
    throw error;
  }
}

async function readFactors(
  parts: readonly LoraPart[],
  config: LoraConfig,
): Promise<Omit<Lora, "saved">> {
  const factors = new Map<string, LoraFactors>();
  for (const part of parts) {
    const views = noGrad(() => tidy(() => part.views()));
    for (const [name, { a, b }] of views) {
      factors.set(name, {
        a: { shape: a.shape, data: (await a.data()) as Float32Array },
        b: { shape: b.shape, data: (await b.data()) as Float32Array },
      });
      for (const view of [a, b]) view.dispose();
    }
  }
  return { config, factors };
}

function writeFactors(parts: readonly LoraPart[], { factors }: Lora): void {
  tidy(() => {
    const views = new Map(parts.flatMap((part) => [...part.views()]));
    const missing = [...views.keys()].find((name) => !factors.has(name));
    const surplus = [...factors.keys()].find((name) => !views.has(name));
    if (missing ?? surplus)
      throw new LmError(
        "ERR_MISMATCH",
        `lm/attachLora: factors must be of the modules attached to; ${missing ?? surplus} is only on one side`,
        { fields: { name: missing ?? surplus } },
      );
    for (const [name, { a, b }] of views) {
      fillFactor(`${name}.lora_A`, a, factors.get(name)!.a);
      fillFactor(`${name}.lora_B`, b, factors.get(name)!.b);
    }
  });
}
