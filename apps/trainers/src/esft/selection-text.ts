import type { ExpertConfig } from "@deepgrain/esft";
import { loadConfig, trainingMemory } from "@deepgrain/lm";
import { trainedParts } from "./train-settings";

/**
 * The share of a model's weights that a configuration trains, from the model's config.json.
 * @returns from 0 to 1; undefined for a model of a family that `@deepgrain/lm` does not have
 */
export async function shareOfWeights(
  model: string,
  config: ExpertConfig,
): Promise<number | undefined> {
  const read = await loadConfig(model).catch(() => undefined);
  if (read === undefined) return undefined;
  const trained = trainedParts({ kind: "experts", config });
  const run = { batch: 1, sequenceLength: 1, trained };
  const { gradients, parameters } = trainingMemory(read, run);
  return gradients / parameters;
}

/** The selection, in lines: the experts of each layer, how many there are, and their share of the weights. */
export function selectionText(
  { experts, sharedExperts, nonExpertModules }: ExpertConfig,
  share: number | undefined,
): string {
  const layers = [...experts].map(([layer, ids]) => {
    const sorted = [...ids].sort((a, b) => a - b);
    const list = sorted.length === 0 ? "none" : sorted.join(", ");
    return `layer ${layer}: expert${sorted.length === 1 ? "" : "s"} ${list}`;
  });
  const counts = [...experts.values()].map((list) => list.length);
  const all = counts.reduce((sum, n) => sum + n, 0);
  const mean = `${(all / counts.length).toFixed(2)} experts per layer, from ${Math.min(...counts)} to ${Math.max(...counts)}`;
  const more = [
    sharedExperts ? "the shared experts" : "",
    nonExpertModules ? "everything outside the experts" : "",
  ].filter((part) => part !== "");
  const parts = [mean, ...more].join("; ");
  return [
    ...layers,
    share === undefined ? parts : `${parts}; ${(100 * share).toFixed(1)} % of the weights`,
  ].join("\n");
}
