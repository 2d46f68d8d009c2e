import { keep, type NamedTensors, type nn, noGrad, Tensor, tidy } from "@deepgrain/tensor-gpu";
import { LmError } from "../errors";
import { isExpertStacks } from "./lora-experts";
import { fillFactor } from "./lora-part";
import { modulePaths } from "./module-paths";

/** A weight that is trained in full. */
interface SavedWeight {
  /** Its Hugging Face name. */
  name: string;
  /** The module that has it as a property, and the property's name. */
  owner: nn.Module;
  key: string;
  weight: Tensor;
  /** Its original value. */
  original: Tensor;
}

/** Modules that are trained and stored in full, next to low-rank factors. */
export interface SavedModules {
  parameters(): Tensor[];
  /** Copies the weights out, by name. */
  read(): Promise<NamedTensors>;
  /** Overwrites the weights. @throws {LmError} `ERR_MISMATCH` when names differ, `ERR_SHAPE` */
  write(saved: NamedTensors): void;
  /** Runs a function with the original weights. */
  withOriginals<T>(run: () => T): T;
  /** Restores the originals, unless the new weights are to be kept, and drops them. */
  release(options?: { keepsWeights?: boolean | undefined }): void;
}

/** The modules whose names end with one of `targets`. @throws {LmError} `ERR_MISSING`, `ERR_STATE` */
function* targeted(
  model: nn.Module,
  targets: readonly string[],
  nameOf: (path: string) => string,
): Generator<[name: string, module: nn.Module]> {
  const missing = new Set(targets);
  for (const [path, module] of modulePaths(model)) {
    const name = nameOf(path);
    const target = targets.find((end) => name === end || name.endsWith(`.${end}`));
    if (target === undefined) continue;
    missing.delete(target);
    if ([...module.modules()].some(isExpertStacks))
      throw new LmError(
        "ERR_STATE",
        `lm/attachLora: modulesToSave cannot hold stacked experts, got ${name}; name them in targetModules`,
        { fields: { module: name } },
      );
    yield [name, module];
  }
  const [first] = missing;
  if (first !== undefined)
    throw new LmError(
      "ERR_MISSING",
      `lm/attachLora: modulesToSave must name modules of the model, got ${JSON.stringify(first)}`,
      { fields: { module: first } },
    );
}

/** The float tensors of a module and its submodules. */
function* weightsOf(
  module: nn.Module,
  prefix: string,
  nameOf: (path: string) => string,
): Generator<SavedWeight> {
  for (const [path, owner] of [["", module] as const, ...modulePaths(module)])
    for (const [key, weight] of Object.entries(owner)) {
      if (key.startsWith("_") || !(weight instanceof Tensor) || weight.dtype !== "float32")
        continue;
      const name = [prefix, path && nameOf(path), nameOf(key)].filter(Boolean).join(".");
      const original = keep(noGrad(() => tidy(() => weight.detach().clone())));
      yield { name, owner, key, weight, original };
    }
}

/** Runs a function while the modules have their original weights. */
function exchanging<T>(all: readonly SavedWeight[], run: () => T): T {
  for (const { owner, key, original } of all) Object.assign(owner, { [key]: original });
  try {
    return run();
  } finally {
    for (const { owner, key, weight } of all) Object.assign(owner, { [key]: weight });
  }
}

/** @throws {LmError} `ERR_MISMATCH` */
function checkNames(all: readonly SavedWeight[], saved: NamedTensors): void {
  const names = new Set(all.map(({ name }) => name));
  const odd =
    [...names].find((name) => !saved.has(name)) ??
    [...saved.keys()].find((name) => !names.has(name));
  if (odd !== undefined)
    throw new LmError(
      "ERR_MISMATCH",
      `lm/attachLora: whole modules must be those of modulesToSave; ${odd} is only on one side`,
      { fields: { name: odd } },
    );
}

/**
 * Makes whole modules of a frozen model trainable.
 * @param targets ends of module names
 * @param nameOf a Hugging Face name from a property path
 * @throws {LmError} `ERR_MISSING` for a name that no module has, `ERR_STATE` for stacked experts
 */
export function saveModules(
  model: nn.Module,
  targets: readonly string[],
  nameOf: (path: string) => string,
): SavedModules {
  const all = [...targeted(model, targets, nameOf)].flatMap(([name, module]) => [
    ...weightsOf(module, name, nameOf),
  ]);
  for (const { weight } of all) weight.requireGrad();
  return {
    parameters: () => all.map(({ weight }) => weight),
    async read() {
      const saved: NamedTensors = new Map();
      for (const { name, weight } of all)
        saved.set(name, { shape: weight.shape, data: (await weight.data()) as Float32Array });
      return saved;
    },
    write(saved) {
      checkNames(all, saved);
      for (const { name, weight } of all) fillFactor(name, weight, saved.get(name)!);
    },
    withOriginals: (run) => exchanging(all, run),
    release({ keepsWeights = false } = {}) {
      for (const { weight, original } of all.splice(0)) {
        if (!keepsWeights) weight.copy_(original);
        weight.requireGrad(false);
        original.dispose();
      }
    },
  };
}
