import { nn } from "@deepgrain/tensor-gpu";
import type { LoraConfig } from "./lora-config";
import { modulePattern } from "./module-pattern";

/** A property path as Hugging Face writes it: `layers.0.selfAttn.qProj` becomes `layers.0.self_attn.q_proj`. */
export const snakeCasePath = (path: string): string =>
  path
    .replaceAll(/([a-z])(\d)/g, "$1_$2")
    .replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

function* children(key: string, value: unknown): Generator<[string, nn.Module]> {
  if (value instanceof nn.Module) yield [key, value];
  else if (Array.isArray(value)) {
    for (const [i, item] of value.entries())
      if (item instanceof nn.Module) yield [`${key}.${i}`, item];
  } else if (value instanceof Map) {
    for (const [name, item] of value) if (item instanceof nn.Module) yield [`${key}.${name}`, item];
  }
}

/** Every module below `root` with its dotted property path. */
export function* modulePaths(root: nn.Module, prefix = ""): Generator<[string, nn.Module]> {
  for (const [key, value] of Object.entries(root)) {
    if (key.startsWith("_")) continue;
    for (const [name, module] of children(key, value)) {
      yield [prefix + name, module];
      yield* modulePaths(module, `${prefix}${name}.`);
    }
  }
}

/** True for one of the names, or for a path that ends with a dot and one of them. */
const isEndOf = (name: string, ends: readonly string[]): boolean =>
  ends.some((end) => name === end || name.endsWith(`.${end}`));

/** True for a module with such a name, and for the modules inside it. */
export const isWithin = (name: string, ends: readonly string[]): boolean =>
  name.split(".").some((_, i, parts) => isEndOf(parts.slice(0, i + 1).join("."), ends));

/**
 * True when the targets match a module name: `"all-linear"` matches all but `lm_head`, a list matches ends of names,
 * and any other text is a pattern for the whole name.
 */
export function isTarget(
  name: string,
  {
    targetModules: targets,
    trustPatterns = false,
  }: Pick<LoraConfig, "targetModules" | "trustPatterns">,
): boolean {
  if (targets === "all-linear") return !/(^|\.)lm_head$/.test(name);
  if (typeof targets === "string")
    return modulePattern(targets, { isWhole: true, trustPatterns })(name);
  return isEndOf(name, targets);
}
