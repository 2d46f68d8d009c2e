import { type Generator, nn, noGrad, type Tensor, tidy } from "@deepgrain/tensor-gpu";
import type { CheckpointPart } from "@deepgrain/trainer";
import { LmError } from "../errors";
import { loraPart } from "./lora-checkpoint";
import { defaultLoraConfig, type LoraConfig, loraRank, loraScale } from "./lora-config";
import type { Lora, LoraFactors } from "./lora-delta";
import { attachToExperts, isExpertStacks } from "./lora-experts";
import { attachToLinear } from "./lora-linear";
import { type FactorSettings, fillFactor, type LoraPart } from "./lora-part";
import { isTarget, modulePaths, snakeCasePath } from "./module-paths";

/** Options of {@link attachLora}. */
export interface AttachLoraOptions extends Partial<LoraConfig> {
  /** Draws the first values of A; default: the engine's generator. */
  generator?: Generator;
  /** A module's Hugging Face name from its property path. Default: camel case to snake case. */
  nameOf?: (path: string) => string;
}

/** Trainable factors in a model. */
export interface AttachedLora {
  readonly config: LoraConfig;
  /** Names of the changed weights' modules. */
  readonly modules: readonly string[];
  /** The factors as parameters; they are part of the model's tree as well. */
  parameters(): Tensor[];
  /** Copies the factors out, for `saveLora`. */
  read(): Promise<Lora>;
  /** Overwrites the factors. @throws {LmError} `ERR_MISMATCH` when modules differ, `ERR_SHAPE` */
  write(lora: Lora): void;
  /** The factors, and the state of `generator` where one was given, for the checkpoints of a training. */
  readonly checkpointPart: CheckpointPart;
  /** Runs a function with the factors left out, so that the model computes as before; on again afterwards, errors included. */
  withoutFactors<T>(run: () => T): T;
  /** Adds the change to the base weights for good, and detaches. */
  merge(): Promise<void>;
  /** Takes the factors off: the model computes as before. The base weights stay frozen. */
  detach(): void;
}

const expertParts = ["gate_proj", "up_proj", "down_proj"] as const;

function attachParts(
  model: nn.Module,
  config: LoraConfig,
  power: FactorSettings["power"],
  { generator, nameOf = snakeCasePath }: AttachLoraOptions,
): LoraPart[] {
  const settings = (name: string): FactorSettings => ({
    rank: loraRank(config, name),
    scale: loraScale(config, name),
    dropout: config.dropout,
    generator,
    power,
  });
  const parts: LoraPart[] = [];
  for (const [path, module] of [...modulePaths(model)]) {
    const name = nameOf(path);
    if (module instanceof nn.Linear) {
      if (isTarget(name, config)) parts.push(attachToLinear(module, name, settings(name)));
    } else if (isExpertStacks(module)) {
      const targeted = expertParts.filter((part) => isTarget(`${name}.0.${part}`, config));
      if (targeted.length > 0)
        parts.push(attachToExperts(module, name, targeted, settings(`${name}.0.${targeted[0]}`)));
    }
  }
  return parts;
}

function checkOptions(config: LoraConfig): void {
  const { rank, alpha, dropout, rankPattern, alphaPattern } = config;
  const fail = (name: string, wanted: string, value: number) =>
    new LmError("ERR_RANGE", `lm/attachLora: ${name} must be ${wanted}, got ${value}`, {
      fields: { [name]: value },
    });
  if (!Number.isSafeInteger(rank) || rank < 1)
    throw fail("rank", "a whole number of at least 1", rank);
  if (!(alpha > 0 && alpha < Infinity)) throw fail("alpha", "a number above 0", alpha);
  if (!(dropout >= 0 && dropout < 1)) throw fail("dropout", "from 0 to below 1", dropout);
  for (const [pattern, value] of Object.entries(rankPattern))
    if (!Number.isSafeInteger(value) || value < 1)
      throw fail(`rankPattern["${pattern}"]`, "a whole number of at least 1", value);
  for (const [pattern, value] of Object.entries(alphaPattern))
    if (!(value > 0 && value < Infinity))
      throw fail(`alphaPattern["${pattern}"]`, "a number above 0", value);
}

/**
 * Freezes a model and attaches trainable low-rank factors to its linear layers and stacked experts: y gains (alpha/r)·B·A·x.
 * The change is zero at first. The factors become parameters of the model's tree (`….loraA`), so that any trainer over
 * `namedParameters()` trains them alone; make the optimiser afterwards.
 *
 * @param options.rank default 8
 * @param options.alpha default 16
 * @param options.targetModules ends of module names; default `"all-linear"`: all linear weights, experts' included, but
 *   embeddings, router and head
 * @throws {LmError} `ERR_RANGE` for settings out of range; `ERR_MISSING` when no module is meant; `ERR_STATE` when factors
 *   are attached already
 * @see Hu et al. 2022 (LoRA), section 4; Wang et al. 2024 (ESFT), experiment setup, for the defaults
 */
export function attachLora(model: nn.Module, options: AttachLoraOptions = {}): AttachedLora {
  const { generator: _, nameOf: __, ...settings } = options;
  const config: LoraConfig = { ...defaultLoraConfig, ...settings };
  checkOptions(config);
  for (const [name] of model.namedTensors())
    if (/\.lora[A-Z]\w*$/.test(`.${name}`))
      throw new LmError("ERR_STATE", `lm/attachLora: factors are attached already: ${name}`, {
        fields: { name },
      });
  model.requireGrad(false);
  const power = { isOn: true };
  const parts = attachParts(model, config, power, options);
  if (parts.length === 0)
    throw new LmError(
      "ERR_MISSING",
      `lm/attachLora: targetModules must name modules of the model, got ${JSON.stringify(config.targetModules)}`,
      { fields: { targetModules: config.targetModules } },
    );
  const detach = () => {
    for (const part of parts.splice(0)) part.detach();
  };
  const read = () => readFactors(parts, config);
  const write = (lora: Lora) => writeFactors(parts, lora);
  return {
    config,
    modules: tidy(() => parts.flatMap((part) => [...part.views().keys()])),
    parameters: () => parts.flatMap((part) => part.parameters()),
    read,
    write,
    checkpointPart: loraPart(config, { read, write, generator: options.generator }),
    withoutFactors(run) {
      const wasOn = power.isOn;
      power.isOn = false;
      try {
        return run();
      } finally {
        power.isOn = wasOn;
      }
    },
    async merge() {
      for (const part of parts) await part.merge();
      detach();
    },
    detach,
  };
}

async function readFactors(parts: readonly LoraPart[], config: LoraConfig): Promise<Lora> {
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
  return { config, factors, saved: new Map() };
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
