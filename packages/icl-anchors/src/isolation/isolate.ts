import type { ModelHooks } from "@deepgrain/lm";
import type { OptionNames } from "@deepgrain/support";
import { type Tensor, tensor } from "@deepgrain/tensor-gpu";
import { knownOptions } from "../known-options";
import type { HookedModel } from "../model";
import { checkPrompts } from "../prompts/check-prompts";
import type { Prompt } from "../prompts/prompt";
import { type Answer, accuracyOf, answers, type RunOptions } from "../run/answers";
import type { PromptBatch } from "../run/prompt-batch";
import { assertOneOf, assertWhole } from "../support/check";
import { labelLoyalty, wordLoyalty } from "./loyalty";
import { drawRows } from "./random-rows";

/**
 * `score`: the scores are set to −10,000 before softmax, so that a token attends only to itself. `zero`: probabilities
 * set to 0.
 */
export type BlockingMode = "score" | "zero";

/** Which tokens are cut off from earlier tokens, in which layers, and how. */
export interface IsolationOptions extends RunOptions {
  /** From which end of the model layers are counted; the first are near the input. Default `"first"`. */
  where?: "first" | "last";
  /** Number of layers. Default 5, as in the paper, or all if the model has fewer. */
  layers?: number;
  /** Label tokens, or the control: the same number of other tokens drawn at random. Default `"labels"`. */
  target?: "labels" | "random";
  /** Default `"score"`, as in the paper's code. */
  mode?: BlockingMode;
  /**
   * When random tokens are redrawn. Default `"per-layer"`, as in the paper's code; `"fixed"`: the same for all prompts
   * of a length.
   */
  resample?: "per-layer" | "per-prompt" | "fixed";
  /** Seed of the random tokens, a whole number. Default 0. */
  seed?: number;
  /** Number of tokens compared by word loyalty. Default 5. */
  topK?: number;
  /** Answers of the unchanged model, if they are known already; with at least `topK` tokens. */
  original?: readonly Answer[];
}

const isolationOptionNames: OptionNames<IsolationOptions> = {
  where: true,
  layers: true,
  target: true,
  mode: true,
  resample: true,
  seed: true,
  topK: true,
  original: true,
  batchSize: true,
  onProgress: true,
  signal: true,
};

/** The effect of isolation on the answers. */
export interface IsolationResult {
  /** Share of unchanged predictions. */
  labelLoyalty: number;
  /** Mean Jaccard similarity of the most likely tokens. */
  wordLoyalty: number;
  /** Share of correct predictions, isolated and unchanged; null without known classes. */
  accuracy: number | null;
  originalAccuracy: number | null;
  where: "first" | "last";
  layers: number;
  target: "labels" | "random";
  mode: BlockingMode;
  prompts: number;
}

const blockedScore = -10_000;

/** True at (row, earlier column) of each row: bool [batch, 1, length, length]. */
function blockMask(rows: readonly (readonly number[])[], length: number): Tensor {
  const mask = new Int32Array(rows.length * length * length);
  for (const [prompt, list] of rows.entries())
    for (const row of list) {
      const start = (prompt * length + row) * length;
      mask.fill(1, start, start + row);
    }
  return tensor(mask, { dtype: "bool", shape: [rows.length, 1, length, length] });
}

/**
 * Hooks that cut rows of attention off from everything before them.
 *
 * @param rows per prompt of the batch the query positions, for a layer
 * @param options.length longest prompt of the batch, in tokens
 * @param options.layers true for the layers to change
 * @param options.mode default `"score"`
 */
export function isolationHooks(
  rows: (layer: number) => readonly (readonly number[])[],
  options: { length: number; layers: (layer: number) => boolean; mode?: BlockingMode },
): ModelHooks {
  const {
    length,
    layers,
    mode = "score",
  } = knownOptions("isolationHooks", options, { length: true, layers: true, mode: true });
  const fill =
    (value: number) =>
    (x: Tensor, { layer }: { layer: number }) =>
      layers(layer) ? x.maskedFill(blockMask(rows(layer), length), value) : undefined;
  return mode === "score" ? { scores: fill(blockedScore) } : { pattern: fill(0) };
}

/**
 * Cuts the label words off from the tokens before them in some layers, and measures how far the answers stay the same.
 * In shallow layers this prevents labels from collecting information; in deep layers it should not matter.
 *
 * @throws {AnchorsError} `ERR_RANGE` for options out of range or more random tokens than there are, and as `answers`
 * @see Wang et al. 2023, section 2.2
 */
export async function isolate(
  model: HookedModel,
  prompts: readonly Prompt[],
  options: IsolationOptions = {},
): Promise<IsolationResult> {
  knownOptions("isolate", options, isolationOptionNames);
  const count = model.config.numHiddenLayers;
  const { where = "first", target = "labels", mode = "score", topK = 5 } = options;
  const { layers = Math.min(5, count), batchSize, onProgress, signal } = options;
  checkPrompts("isolate", model, prompts);
  assertWhole("isolate", "layers", layers, { least: 1, most: count });
  assertOneOf("isolate", "where", where, ["first", "last"]);
  assertOneOf("isolate", "target", target, ["labels", "random"]);
  assertOneOf("isolate", "mode", mode, ["score", "zero"]);
  const run = {
    topK,
    ...(batchSize !== undefined && { batchSize }),
    ...(signal && { signal }),
  };
  const rowsOf = rowChooser(prompts, options);
  const isChosen = (layer: number) =>
    where === "first" ? layer < layers : layer >= count - layers;
  const hooks = (batch: PromptBatch) =>
    isolationHooks((layer) => batch.prompts.map((_, row) => rowsOf(batch.first + row, layer)), {
      length: batch.length,
      layers: isChosen,
      mode,
    });
  const original = options.original ?? (await answers(model, prompts, run));
  const modified = await answers(model, prompts, {
    ...run,
    hooks,
    ...(onProgress && { onProgress }),
  });
  return {
    labelLoyalty: labelLoyalty(original, modified),
    wordLoyalty: wordLoyalty(original, modified, { k: topK }),
    accuracy: accuracyOf(prompts, modified),
    originalAccuracy: accuracyOf(prompts, original),
    where,
    layers,
    target,
    mode,
    prompts: prompts.length,
  };
}

/** The rows to cut off, by prompt and layer. */
function rowChooser(
  prompts: readonly Prompt[],
  { target = "labels", resample = "per-layer", seed = 0 }: IsolationOptions,
): (prompt: number, layer: number) => readonly number[] {
  assertOneOf("isolate", "resample", resample, ["per-layer", "per-prompt", "fixed"]);
  assertWhole("isolate", "seed", seed);
  if (target === "labels") return (prompt) => prompts[prompt]!.labelPositions.flat();
  return (prompt, layer) => {
    const parts = { "per-layer": [prompt, layer], "per-prompt": [prompt], fixed: [] }[resample];
    return drawRows(prompts[prompt]!, [seed, ...parts]);
  };
}
