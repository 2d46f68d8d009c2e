import type { ModelHooks } from "@deepgrain/lm";
import { enableGrad, grad, noGrad, type Tensor, tidy } from "@deepgrain/tensor-gpu";
import { AnchorsError, having, oneOf, optionsOf, refuseUnknown, whole } from "../errors";
import type { HookedModel } from "../model";
import { checkPrompts } from "../prompts/check-prompts";
import type { Prompt } from "../prompts/prompt";
import { classLogits, targetLogits } from "../run/prompt-batch";

/**
 * Activations that can be patched: residual stream after each block, or the output that attention or feed-forward adds
 * to it.
 */
export type PatchSite = "residual" | "attentionOutput" | "mlpOutput" | "headOutput";

/** Estimated effects of patching. */
export interface PatchEffects {
  /** Per layer and position the change of the logit difference, [layers, T]; for `headOutput` [layers, T, heads]. */
  effects: Float64Array;
  shape: readonly number[];
  /** Logit of `answer` minus that of `rival` in the corrupted and in the clean prompt. */
  corrupted: number;
  clean: number;
}

/** Options of {@link attributionPatching}. */
export interface PatchOptions {
  /** Default `"residual"`. */
  site?: PatchSite | undefined;
  /** Class whose logit should rise. Default: the clean prompt's `gold`. */
  answer?: number | undefined;
  /** Class whose logit is subtracted. Default: the other class the corrupted prompt prefers. */
  rival?: number | undefined;
}

/** Activations of every layer at a site, and the class logits. */
function record(model: HookedModel, prompt: Prompt, site: PatchSite): [Tensor[], Tensor] {
  const found: Tensor[] = [];
  const hooks: ModelHooks = {
    residual: (x, { layer }) => (layer === -1 ? x.detach().requireGrad() : undefined),
  };
  const start = hooks.residual!;
  hooks[site] = (x, at) => {
    if (at.layer >= 0) found[at.layer] = x;
    return site === "residual" ? start(x, at) : undefined;
  };
  const batch = { prompts: [prompt], first: 0, length: prompt.ids.length };
  const logits = targetLogits(model, batch, { hooks });
  return [found, classLogits(logits, [prompt])];
}

/**
 * First-order activation patching: how much the logit difference of two classes would rise if one activation of the
 * corrupted prompt were replaced by that of the clean one, (a_clean − a_corrupted) · ∂Δ/∂a, for all positions from one
 * backward pass.
 *
 * @param clean and `corrupted`: prompts of one length with one target and the same class ids
 * @throws {AnchorsError} `ERR_SHAPE` for prompts of different lengths or targets, `ERR_RANGE` for classes, and as `answers`
 * @see Nanda 2023, "Attribution patching"
 */
export async function attributionPatching(
  model: HookedModel,
  clean: Prompt,
  corrupted: Prompt,
  options: PatchOptions = {},
): Promise<PatchEffects> {
  const {
    site = "residual",
    answer: wanted,
    rival,
    ...rest
  } = optionsOf("attributionPatching", options);
  refuseUnknown("attributionPatching", rest);
  having("attributionPatching", "model", model, "config", "hiddenStates", "head");
  checkPrompts("attributionPatching", model, [clean, corrupted]);
  const { gold = 0 } = clean;
  const answer = wanted ?? gold;
  oneOf("attributionPatching", "site", site, [
    "residual",
    "attentionOutput",
    "mlpOutput",
    "headOutput",
  ]);
  const last = clean.classIds.length - 1;
  whole("attributionPatching", "answer", answer, { min: 0, max: last });
  if (clean.ids.length !== corrupted.ids.length || clean.target !== corrupted.target)
    throw new AnchorsError(
      "ERR_SHAPE",
      `icl-anchors/attributionPatching: both prompts must have one length and target, got ${clean.ids.length} and ${corrupted.ids.length} tokens`,
    );
  const [cleanStates, cleanLogits] = tidy(() => noGrad(() => record(model, clean, site)));
  try {
    const cleanScores = await cleanLogits.data();
    const { effects, scores, other } = tidy(() =>
      enableGrad(() => {
        const [states, logits] = record(model, corrupted, site);
        const preferred = logits.dataSync();
        const against = rival ?? largestExcept(preferred, answer);
        whole("attributionPatching", "rival", against, { min: 0, max: last });
        const gap = logits.select(1, answer).sub(logits.select(1, against)).sum();
        const gradients = grad(gap, states);
        const products = states.map((state, layer) =>
          cleanStates[layer]!.sub(state.detach()).mul(gradients[layer]!).sum({ dim: -1 }),
        );
        return { effects: products, scores: preferred, other: against };
      }),
    );
    const data = await Promise.all(effects.map((effect) => effect.data()));
    const shape = [effects.length, ...effects[0]!.shape.slice(1)];
    for (const effect of effects) effect.dispose();
    return {
      effects: Float64Array.from(data.flatMap((layer) => [...layer])),
      shape,
      corrupted: scores[answer]! - scores[other]!,
      clean: cleanScores[answer]! - cleanScores[other]!,
    };
  } finally {
    for (const tensor of [...cleanStates, cleanLogits]) tensor.dispose();
  }
}

function largestExcept(values: ArrayLike<number>, answer: number): number {
  let best = answer === 0 ? 1 : 0;
  for (let i = 0; i < values.length; i++) if (i !== answer && values[i]! > values[best]!) best = i;
  return best;
}
