import type { MoeLayer } from "@deepgrain/moe";
import { UsageError } from "../cli/usage-error";

/** Experts by the number of their layer. */
export type ExpertsByLayer = ReadonlyMap<number, readonly number[]>;

/**
 * Reads `LAYER:EXPERT,…`.
 * @throws {UsageError} for another form, a layer without experts, an expert that it does not have, or too few left
 */
export function parseExperts(
  text: string,
  layers: ReadonlyMap<number, MoeLayer>,
): Map<number, number[]> {
  const chosen = new Map<number, number[]>();
  for (const part of text.split(",")) {
    const [, layer, expert] = /^\s*(\d+):(\d+)\s*$/.exec(part) ?? [];
    const own = layers.get(Number(layer ?? -1));
    if (!own)
      throw new UsageError(
        `--without must be LAYER:EXPERT, separated by commas, with layers ${[...layers.keys()].join(", ")}, got "${part.trim()}"`,
      );
    const { count } = own.experts;
    if (Number(expert) >= count)
      throw new UsageError(`--without ${part.trim()}: experts are 0 to ${count - 1}`);
    chosen.set(Number(layer), [...(chosen.get(Number(layer)) ?? []), Number(expert)]);
  }
  for (const [layer, experts] of chosen) {
    const { experts: count, topK } = layers.get(layer)!.config;
    if (count - new Set(experts).size < topK)
      throw new UsageError(
        `--without leaves layer ${layer} fewer than the ${topK} experts that a token passes`,
      );
  }
  return chosen;
}

/** Runs a function while no token may choose these experts. */
export async function withoutExperts<T>(
  layers: ReadonlyMap<number, MoeLayer>,
  experts: ExpertsByLayer,
  run: () => Promise<T>,
): Promise<T> {
  const before = new Map([...experts.keys()].map((layer) => [layer, layers.get(layer)!.probe]));
  for (const [layer, without] of experts) layers.get(layer)!.probe = { without };
  try {
    return await run();
  } finally {
    for (const [layer, probe] of before) layers.get(layer)!.probe = probe;
  }
}
