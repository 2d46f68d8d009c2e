import type { ModelHooks } from "@deepgrain/lm";
import { cat, type Tensor, tensor } from "@deepgrain/tensor-gpu";
import { AnchorsError, having, optionsOf, refuseUnknown } from "../errors";
import type { HookedModel } from "../model";
import { checkPrompts } from "../prompts/check-prompts";
import type { Prompt } from "../prompts/prompt";
import { type Answer, type AnswerOptions, answers } from "../run/answers";
import type { PromptBatch } from "../run/prompt-batch";
import { groupCount, labelGroups } from "./label-groups";
import type { Reweighting } from "./reweighting";
import { reweighted } from "./reweighting-factors";

/** β of one layer, [heads, words]. */
function layerOf({ beta, shape: [, heads, words] }: Reweighting, layer: number): Float32Array {
  return beta.subarray(layer * heads * words, (layer + 1) * heads * words);
}

/** Hooks that apply the factors to a batch. Layers whose β are all 0 are not changed. */
export function reweightingHooks(
  reweighting: Reweighting,
  { prompts, length }: Pick<PromptBatch, "prompts" | "length">,
): ModelHooks {
  const [layers, heads, words] = reweighting.shape;
  const active = Array.from({ length: layers }, (_, layer) =>
    layerOf(reweighting, layer).some((value) => value !== 0),
  );
  if (!active.includes(true)) return {};
  const pattern = (x: Tensor, { layer }: { layer: number }) => {
    if (!active[layer]) return undefined;
    const beta = tensor(layerOf(reweighting, layer), { shape: [heads, words] });
    const rows = prompts.map((prompt, row) =>
      reweighted(x.narrow(0, row, 1), beta, {
        groups: labelGroups(prompt),
        keys: length,
        row: prompt.target,
        queries: length,
      }),
    );
    return cat(rows, 0);
  };
  return { pattern };
}

/**
 * The answers with re-weighted attention. β = 0 gives those of the model itself, bit for bit.
 *
 * @throws {AnchorsError} `ERR_SHAPE` when the factors do not fit the model or the prompts, and as `answers`
 * @see Wang et al. 2023, section 3.1
 */
export function answerReweighted(
  model: HookedModel,
  reweighting: Reweighting,
  prompts: readonly Prompt[],
  options: Omit<AnswerOptions, "hooks"> = {},
): Promise<Answer[]> {
  having("answerReweighted", "model", model, "config", "hiddenStates", "head");
  const { batchSize, onProgress, signal, firstPosition, topK, ...rest } = optionsOf(
    "answerReweighted",
    options,
  );
  refuseUnknown("answerReweighted", rest);
  checkPrompts("answerReweighted", model, prompts);
  const words = groupCount("answerReweighted", prompts);
  const { numHiddenLayers, numAttentionHeads } = model.config;
  const wanted = [numHiddenLayers, numAttentionHeads, words];
  const { shape, beta } = reweighting;
  const size = wanted.reduce((a, b) => a * b, 1);
  if (shape.some((n, axis) => n !== wanted[axis]) || beta.length !== size)
    throw new AnchorsError(
      "ERR_SHAPE",
      `icl-anchors/answerReweighted: β must be [${wanted.join(", ")}] (layers, heads, label words), got [${shape.join(", ")}]`,
      { fields: { shape, wanted } },
    );
  return answers(model, prompts, {
    batchSize,
    onProgress,
    signal,
    firstPosition,
    topK,
    hooks: (batch) => reweightingHooks(reweighting, batch),
  });
}
