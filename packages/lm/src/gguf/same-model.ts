import { familyTraits, layerTraits, type ModelConfig, ropeFrequencies } from "../config";
import { weightPlan } from "../files/weight-plan";

/** Relative difference of numbers that went through float32. */
const FLOAT32 = 1e-6;

/** Everything that decides a model's logits besides its weights, by name. */
function behaviour(config: ModelConfig): Record<string, unknown> {
  const field = (name: string) => (config as unknown as Record<string, unknown>)[name] ?? null;
  const frequencies = (sequenceLength: number) => {
    const { inverseFrequencies, ...factors } = ropeFrequencies(config, { sequenceLength });
    return { ...factors, inverseFrequencies: [...inverseFrequencies] };
  };
  const layers = Array.from({ length: config.numHiddenLayers }, (_, layer) => layer);
  const { experts: _names, ...traits } = familyTraits(config);
  return {
    ...Object.fromEntries(fields.map((name) => [name, field(name)])),
    traits,
    layers: layers.map((layer) => layerTraits(config, layer)),
    positions: [frequencies(0), frequencies(config.maxPositionEmbeddings)],
    weights: Array.from(weightPlan(config)),
  };
}

const fields = [
  ...["vocabSize", "maxPositionEmbeddings", "hiddenAct", "tieWordEmbeddings", "rmsNormEps"],
  ...["numKeyValueHeads", "ropeLocalBaseFreq", "numExpertsPerTok", "normTopkProb", "scoringFunc"],
  ...["routedScalingFactor", "topkMethod"],
];

function isSame(a: unknown, b: unknown): boolean {
  if (typeof a === "number" && typeof b === "number")
    return Math.abs(a - b) <= FLOAT32 * Math.max(Math.abs(a), Math.abs(b)) || a === b;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return a === b;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) =>
    isSame((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]),
  );
}

/**
 * The first difference between two configurations for the same weights, in words; undefined if they give the same
 * logits.
 */
export function firstDifference(wanted: ModelConfig, got: ModelConfig): string | undefined {
  const [a, b] = [behaviour(wanted), behaviour(got)];
  const key = Object.keys(a).find((name) => !isSame(a[name], b[name]));
  if (key === undefined) return undefined;
  return `${key} is ${JSON.stringify(a[key]).slice(0, 200)}`;
}
