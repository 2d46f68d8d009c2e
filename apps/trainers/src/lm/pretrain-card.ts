import type { MetricsRecord } from "@deepgrain/command-line/metrics/metrics-log";
import {
  type CardTexts,
  englishSources,
  ownTexts,
  writeModelCard,
} from "@deepgrain/command-line/runs/model-card";
import { type ModelConfig, modelShape } from "@deepgrain/lm";
import { countParameters } from "@deepgrain/moe";

/** A finished pre-training, for its card. */
export interface Described {
  config: ModelConfig;
  /** Folder of the model that was continued. */
  base: string | undefined;
  isAdapter: boolean;
  /** The `--data` flag. */
  data: readonly string[];
  /** The texts of `--mix`. */
  mixed: readonly string[];
  steps: number;
  trainedParameters: number;
  /** Tokens of the texts that are trained on, those of texts mixed in, and those that were read in all steps. */
  corpusTokens: number;
  mixedTokens: number;
  trainedTokens: number;
  /** Records of `metrics.jsonl`. */
  records: readonly MetricsRecord[];
}

const lossOf = (evaluation: object | undefined) =>
  (evaluation as { loss?: number | undefined } | undefined)?.loss;

const textsOf = (names: readonly string[]): CardTexts[] =>
  [...new Set(names)].flatMap((name) => (name === "english" ? englishSources : [ownTexts(name)]));

/** The losses of a training by what they are of: that of its last step, where nothing was held out. */
function measuredOf(records: readonly MetricsRecord[]) {
  const evaluations = records.filter(({ type }) => type === "eval-end");
  const trained = lossOf(records.findLast(({ type }) => type === "step-end"));
  const [first] = evaluations;
  const when = first?.step === 0 ? "before the first step" : "at the first measurement";
  return {
    "training loss of the last step, nats per token": evaluations.length > 0 ? null : trained,
    "held-out loss, nats per token": lossOf(evaluations.at(-1)),
    [`held-out loss ${when}`]: lossOf(first),
  };
}

/** Writes the card of a model that was trained on text. */
export async function describePretrained(out: string, described: Described): Promise<void> {
  const { config, base, isAdapter, data, mixed, steps } = described;
  const { modelType } = config;
  const how = base === undefined ? "trained from random weights" : "trained further on text";
  await writeModelCard(out, {
    summary: `A language model of the family \`${modelType}\`, ${how}.`,
    base,
    isAdapter,
    tags: isAdapter ? [modelType, "lora"] : [modelType],
    language:
      base === undefined && [...data, ...mixed].every((name) => name === "english")
        ? "en"
        : undefined,
    texts: textsOf([...data, ...mixed]),
    sizes: {
      parameters: countParameters(modelShape(config)).total,
      "trained parameters": isAdapter ? described.trainedParameters : undefined,
      layers: config.numHiddenLayers,
      "hidden size": config.hiddenSize,
      vocabulary: config.vocabSize,
      positions: config.maxPositionEmbeddings,
      "tokens of the corpus": described.corpusTokens,
      "tokens of texts mixed in": mixed.length === 0 ? undefined : described.mixedTokens,
      "tokens trained": described.trainedTokens,
      steps,
    },
    measured: measuredOf(described.records),
  });
}
