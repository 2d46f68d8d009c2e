import type { CausalLM } from "@deepgrain/lm";
import { noGrad, type Tensor, tidy } from "@deepgrain/tensor-gpu";
import { having, optionsOf, refuseUnknown } from "../errors";
import { checkPrompts, idsOf } from "../prompts/check-prompts";
import type { Prompt } from "../prompts/prompt";
import { promptBatches, targetRows } from "../run/prompt-batch";

/** The prediction of a layer's residual stream, through the last norm and the head. */
export interface LensLayer {
  /** Logit of each class. */
  classLogits: Float64Array;
  /** Rank of each class's first token in the vocabulary, 1 = most likely. */
  ranks: Int32Array;
  /** Most likely token. */
  topToken: number;
}

/** A model that can compute logits from the hidden state of any layer. */
export type LensModel = Pick<CausalLM, "config" | "hiddenStates" | "head" | "finalNorm">;

/**
 * Logit lens: the label words' logits and ranks at one position, after the embeddings and after every block.
 *
 * @param options.position default: the prompt's target
 * @returns layers + 1 rows, the first of the embeddings
 * @throws {AnchorsError} as `answers`
 * @see nostalgebraist 2020, "interpreting GPT: the logit lens"
 */
export async function logitLens(
  model: LensModel,
  prompt: Prompt,
  options: { position?: number | undefined } = {},
): Promise<LensLayer[]> {
  const { position: wanted, ...rest } = optionsOf("logitLens", options);
  refuseUnknown("logitLens", rest);
  having("logitLens", "model", model, "config", "hiddenStates");
  having("logitLens", "prompt", prompt, "ids", "target", "classIds");
  const position = wanted ?? prompt.target;
  checkPrompts("logitLens", model, [
    { ...prompt, target: position, labelPositions: prompt.classIds.map(() => []) },
  ]);
  const [batch] = promptBatches([{ ...prompt, target: position }], 1);
  const logits = tidy(() =>
    noGrad(() => {
      const states: Tensor[] = [];
      const residual = (x: Tensor, { layer }: { layer: number }) => {
        states[layer + 1] = targetRows(x, batch!);
        return undefined;
      };
      const tokens = { ids: prompt.ids, batch: 1, length: prompt.ids.length };
      model.hiddenStates(tokens, { hooks: { residual } });
      return states.map((state) => model.head(model.finalNorm(state)));
    }),
  );
  const rows = await Promise.all(logits.map((row) => row.data()));
  for (const row of logits) row.dispose();
  return rows.map((row) => lensLayer(row as Float32Array, prompt.classIds));
}

function lensLayer(logits: Float32Array, classIds: Prompt["classIds"]): LensLayer {
  const firsts = classIds.map((id) => idsOf(id)[0]!);
  const rank = (id: number) =>
    logits.reduce((above, x, i) => above + +(x > logits[id]! || (x === logits[id]! && i < id)), 1);
  let topToken = 0;
  for (let i = 1; i < logits.length; i++) if (logits[i]! > logits[topToken]!) topToken = i;
  return {
    classLogits: Float64Array.from(classIds, (id) => {
      const ids = idsOf(id);
      return ids.reduce((sum, one) => sum + logits[one]!, 0) / ids.length;
    }),
    ranks: Int32Array.from(firsts, rank),
    topToken,
  };
}
