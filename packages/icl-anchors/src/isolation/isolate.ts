import type { ModelHooks } from "@deepgrain/lm";
import { type Tensor, tensor } from "@deepgrain/tensor-gpu";
import { having, oneOf, optionsOf, refuseUnknown, whole } from "../errors";
import type { HookedModel } from "../model";
import { checkPrompts } from "../prompts/check-prompts";
import type { Prompt } from "../prompts/prompt";
import { type Answer, accuracyOf, answers, type RunOptions } from "../run/answers";
import type { PromptBatch } from "../run/prompt-batch";
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
  where?: "first" | "last" | undefined;
  /** Number of layers. Default 5, as in the paper, or all if the model has fewer. */
  layers?: number | undefined;
  /** Label tokens, or the control: the same number of other tokens drawn at random. Default `"labels"`. */
  target?: "labels" | "random" | undefined;
  /** Default `"score"`, as in the paper's code. */
  mode?: BlockingMode | undefined;
  /**
   * When random tokens are redrawn. Default `"per-layer"`, as in the paper's code; `"fixed"`: the same for all prompts
   * of a length.
   */
  resample?: "per-layer" | "per-prompt" | "fixed" | undefined;
  /** Seed of the random tokens, a whole number. Default 0. */
  seed?: number | undefined;
  /** Number of tokens compared by word loyalty. Default 5. */
  topK?: number | undefined;
  /** Answers of the unchanged model, if they are known already; with at least `topK` tokens. */
  original?: readonly Answer[] | undefined;
}

const isolateNames: readonly (keyof IsolationOptions)[] = [
  "where",
  "layers",
  "target",
  "mode",
  "resample",
  "seed",
  "topK",
  "original",
  "batchSize",
  "onProgress",
  "signal",
];

/** The effect of isolation on the answers. */
export interface IsolationResult {
  /** Share of unchanged predictions. */
  labelLoyalty: number;
  /** Mean Jaccard similarity of the most likely tokens. */
  wordLoyalty: number;
  /** Answers of the isolated model, one per prompt. */
  answers: readonly Answer[];
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
  options: { length: number; layers: (layer: number) => boolean; mode?: BlockingMode | undefined },
): ModelHooks {
  const { length, layers, mode = "score", ...rest } = optionsOf("isolationHooks", options);
  refuseUnknown("isolationHooks", rest);
  const fill =
    (value: number) =>
    (x: Tensor, { layer }: { layer: number }) =>
      layers(layer) ? x.maskedFill(blockMask(rows(layer), length), value) : undefined;
  return mode === "score" ? { scores: fill(blockedScore) } : { pattern: fill(0) };
}

/**
 * Blocks attention from the label words to the tokens before them in some layers, and measures how many answers stay the
 * same. In shallow layers this prevents labels from collecting information; in deep layers it should not matter.
 *
 * @throws {AnchorsError} `ERR_RANGE` and `ERR_ARGUMENT` for options, `ERR_RANGE` for more random tokens than there are, and as `answers`
 * @see Wang et al. 2023, section 2.2
 */
export async function isolate(
  model: HookedModel,
  prompts: readonly Prompt[],
  options: IsolationOptions = {},
): Promise<IsolationResult> {
  const {
    where = "first",
    target = "labels",
    mode = "score",
    topK = 5,
    layers: wanted,
    resample = "per-layer",
    seed = 0,
    original: known,
    batchSize,
    onProgress,
    signal,
    ...rest
  } = optionsOf("isolate", options);
  refuseUnknown("isolate", rest, isolateNames);
  oneOf("isolate", "mode", mode, ["score", "zero"]);
  oneOf("isolate", "resample", resample, ["per-layer", "per-prompt", "fixed"]);
  whole("isolate", "topK", topK, { min: 1 });
  having("isolate", "model", model, "config", "hiddenStates", "head");
  const count = model.config.numHiddenLayers;
  const layers = wanted ?? Math.min(5, count);
  checkPrompts("isolate", model, prompts);
  whole("isolate", "layers", layers, { min: 1, max: count });
  oneOf("isolate", "where", where, ["first", "last"]);
  oneOf("isolate", "target", target, ["labels", "random"]);
  const run = {
    topK,
    batchSize,
    signal,
  };
  const rowsOf = rowChooser(prompts, { target, resample, seed });
  const isChosen = (layer: number) =>
    where === "first" ? layer < layers : layer >= count - layers;
  const hooks = (batch: PromptBatch) =>
    isolationHooks((layer) => batch.prompts.map((_, row) => rowsOf(batch.first + row, layer)), {
      length: batch.length,
      layers: isChosen,
      mode,
    });
  const original = known ?? (await answers(model, prompts, run));
  const modified = await answers(model, prompts, {
    ...run,
    hooks,
    onProgress,
  });
  return {
    labelLoyalty: labelLoyalty(original, modified),
    wordLoyalty: wordLoyalty(original, modified, { k: topK }),
    answers: modified,
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
  {
    target,
    resample,
    seed,
  }: {
    target: "labels" | "random";
    resample: "per-layer" | "per-prompt" | "fixed";
    seed: number;
  },
): (prompt: number, layer: number) => readonly number[] {
  whole("isolate", "seed", seed, { min: 0 });
  if (target === "labels") return (prompt) => prompts[prompt]!.labelPositions.flat();
  return (prompt, layer) => {
    const parts = { "per-layer": [prompt, layer], "per-prompt": [prompt], fixed: [] }[resample];
    return drawRows(prompts[prompt]!, [seed, ...parts]);
  };
}
