import { having, optionsOf, refuseUnknown, whole } from "../errors";
import type { HookedModel } from "../model";
import { assertField } from "../prompts/check-prompts";
import type { Prompt } from "../prompts/prompt";
import { accuracyOf, answers, type RunOptions } from "../run/answers";
import { collectVectors } from "./collect-vectors";
import { actualConfusion, type Confusion, offDiagonal, predictedConfusion } from "./confusion";
import { spearman } from "./spearman";

/** Options of {@link diagnose}. */
export interface DiagnoseOptions extends RunOptions {
  /** Layer whose queries and keys are compared. Default: two thirds of the depth, as layer 32 of 48 in the paper. */
  layer?: number | undefined;
  /** Number of main directions of the queries. Default 10, or the available number. */
  components?: number | undefined;
  /** Index of the prompt whose label words are judged. Default 0. */
  keysOf?: number | undefined;
}

const diagnoseNames: readonly (keyof DiagnoseOptions)[] = [
  "layer",
  "components",
  "keysOf",
  "batchSize",
  "onProgress",
  "signal",
];

/** Predicted and actual confusion of the classes. */
export interface Diagnosis {
  predicted: Confusion;
  actual: Confusion;
  /** Rank correlation of the two over the pairs of classes; null if it is undefined. */
  spearman: number | null;
  accuracy: number | null;
  layer: number;
  components: number;
  prompts: number;
}

/**
 * Compares the classes that look similar to the target's queries with the classes that the model confuses.
 *
 * @param prompts at least 3, with known classes
 * @throws {AnchorsError} `ERR_MISSING` for a prompt without `gold` or a class without demonstration, `ERR_RANGE`
 * @see Wang et al. 2023, section 4
 */
export async function diagnose(
  model: HookedModel,
  prompts: readonly Prompt[],
  options: DiagnoseOptions = {},
): Promise<Diagnosis> {
  const {
    layer: wanted,
    keysOf = 0,
    components: kept,
    batchSize,
    onProgress,
    signal,
    ...rest
  } = optionsOf("diagnose", options);
  refuseUnknown("diagnose", rest, diagnoseNames);
  if (wanted !== undefined) whole("diagnose", "layer", wanted, { min: 0 });
  if (kept !== undefined) whole("diagnose", "components", kept, { min: 1 });
  having("diagnose", "model", model, "config", "hiddenStates", "head");
  const layer = wanted ?? Math.floor((2 * model.config.numHiddenLayers) / 3);
  const run = { batchSize, onProgress, signal };
  assertField("diagnose", prompts, "gold");
  const { queries, keys } = await collectVectors(model, prompts, { ...run, layer });
  whole("diagnose", "keysOf", keysOf, { min: 0, max: prompts.length - 1 });
  const components = kept ?? Math.min(10, queries.rows - 1, queries.cols);
  const given = await answers(model, prompts, run);
  const predicted = predictedConfusion(queries, keys[keysOf]!, { components });
  const actual = actualConfusion(
    given.map(({ probabilities }) => probabilities),
    prompts.map(({ gold }) => gold!),
  );
  const pairs = [offDiagonal(predicted), offDiagonal(actual)] as const;
  return {
    predicted,
    actual,
    spearman: pairs[0].length < 2 ? null : spearman(...pairs),
    accuracy: accuracyOf(prompts, given),
    layer,
    components,
    prompts: prompts.length,
  };
}
