import { nn } from "@deepgrain/tensor-gpu";

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

/** True when a module name is meant by the targets: `"all-linear"` means all but `lm_head`; else its end must match. */
export const isTarget = (name: string, targets: readonly string[] | "all-linear"): boolean =>
  targets === "all-linear"
    ? !/(^|\.)lm_head$/.test(name)
    : targets.some((target) => name === target || name.endsWith(`.${target}`));
