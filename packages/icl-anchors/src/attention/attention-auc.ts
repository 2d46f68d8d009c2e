import { takeTurn } from "@deepgrain/support";
import { noGrad, type Tensor, tidy } from "@deepgrain/tensor-gpu";
import { having, oneOf, optionsOf, refuseUnknown, whole } from "../errors";
import type { HookedModel } from "../model";
import { assertField, assertLabels, checkPrompts } from "../prompts/check-prompts";
import type { Prompt } from "../prompts/prompt";
import { type Answer, answerOf, type RunOptions } from "../run/answers";
import { type PromptBatch, promptBatches, targetLogits, targetRows } from "../run/prompt-batch";
import { classAuc, cumulativeShare } from "./auc";

/** Attention from the target to the label words, and the answer. */
export interface LabelAttention {
  /** [layer][class]: attention from the target to the class's label tokens, summed over heads and tokens. */
  scores: Float64Array[];
  answer: Answer;
}

/** Attention in the target's row per layer, [batch, length], summed over heads, and the logits. */
function attentionRows(model: HookedModel, batch: PromptBatch): { rows: Tensor[]; logits: Tensor } {
  const rows: Tensor[] = [];
  const hooks = {
    pattern(pattern: Tensor, { layer }: { layer: number }) {
      rows[layer] = targetRows(pattern.sum({ dim: 1 }), batch);
      return undefined;
    },
  };
  return { logits: targetLogits(model, batch, { hooks }), rows };
}

/**
 * How much the target attends to the label words of each class, per layer, together with the model's answer.
 * @throws {AnchorsError} as `answers`; `ERR_MISSING` for a class without demonstration
 */
export async function labelAttention(
  model: HookedModel,
  prompts: readonly Prompt[],
  options: RunOptions = {},
): Promise<LabelAttention[]> {
  const { batchSize = 16, onProgress, signal, ...rest } = optionsOf("labelAttention", options);
  refuseUnknown("labelAttention", rest);
  checkPrompts("labelAttention", model, prompts);
  assertLabels("labelAttention", prompts);
  whole("labelAttention", "batchSize", batchSize, { min: 1 });
  const found: LabelAttention[] = [];
  for (const batch of promptBatches(prompts, batchSize)) {
    await takeTurn();
    signal?.throwIfAborted();
    const { rows, logits } = tidy(() => noGrad(() => attentionRows(model, batch)));
    const attention = await Promise.all(rows.map((row) => row.data()));
    const data = await logits.data();
    for (const tensor of [...rows, logits]) tensor.dispose();
    const width = data.length / batch.prompts.length;
    for (const [i, { labelPositions, classIds }] of batch.prompts.entries()) {
      const scores = attention.map((layer) =>
        Float64Array.from(labelPositions, (positions) =>
          positions.reduce((sum, position) => sum + layer[i * batch.length + position]!, 0),
        ),
      );
      const answer = answerOf(data.subarray(i * width, (i + 1) * width), classIds);
      found.push({ scores, answer });
    }
    onProgress?.(found.length, prompts.length);
  }
  return found;
}

/** How well attention to label words predicts the answer. */
export interface AttentionAuc {
  /** AUCROC_l per layer, from 0 to 1. */
  auc: number[];
  /** R_l per layer; null if no layer is better than chance. */
  share: number[] | null;
  /** Classes that occur in the truth. */
  classes: readonly number[];
  against: "prediction" | "gold";
  prompts: number;
}

/** Options of {@link attentionAuc}. */
export interface AttentionAucOptions extends RunOptions {
  /** The answer that counts as the truth. Default `"prediction"`, the model's own answer. */
  against?: "prediction" | "gold" | undefined;
}

/**
 * AUCROC_l and R_l: how well the target's attention to the label words, taken from layer l only, predicts the model's
 * answer.
 *
 * @throws {AnchorsError} as `labelAttention`; `ERR_MISSING` when fewer than two classes occur, or a prompt has no known
 *   class and `against` is `"gold"`
 * @see Wang et al. 2023, section 2.3
 */
export async function attentionAuc(
  model: HookedModel,
  prompts: readonly Prompt[],
  options: AttentionAucOptions = {},
): Promise<AttentionAuc> {
  const {
    against = "prediction",
    batchSize,
    onProgress,
    signal,
    ...rest
  } = optionsOf("attentionAuc", options);
  refuseUnknown("attentionAuc", rest);
  oneOf("attentionAuc", "against", against, ["prediction", "gold"]);
  having("attentionAuc", "model", model, "config", "hiddenStates", "head");
  if (against === "gold") assertField("attentionAuc", prompts, "gold");
  const found = await labelAttention(model, prompts, { batchSize, onProgress, signal });
  const truth = found.map(({ answer }, i) =>
    against === "gold" ? prompts[i]!.gold! : answer.prediction,
  );
  const layers = found[0]!.scores.map((_, layer) =>
    classAuc(
      found.map(({ scores }) => scores[layer]!),
      truth,
    ),
  );
  const auc = layers.map((layer) => layer.auc);
  return {
    auc,
    share: cumulativeShare(auc),
    classes: layers[0]!.classes,
    against,
    prompts: prompts.length,
  };
}
