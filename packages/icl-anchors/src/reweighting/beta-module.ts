import type { ModelConfig, ModelHooks } from "@deepgrain/lm";
import { nn, noGrad, type Tensor, tidy, zeros } from "@deepgrain/tensor-gpu";
import { goldLosses } from "../flow/flow-matrices";
import type { HookedModel } from "../model";
import { pastHooks } from "../run/past";
import { targetLogits } from "../run/prompt-batch";
import { labelGroups } from "./label-groups";
import type { Reweighting } from "./reweighting";
import { reweighted } from "./reweighting-factors";
import type { ReadSample } from "./training-samples";

/** β as a module, so that the training loop can optimise it. */
export class BetaModule extends nn.Module {
  /** [layers, heads, words], initially 0. */
  beta: Tensor;

  constructor({ numHiddenLayers, numAttentionHeads }: ModelConfig, words: number) {
    super();
    this.beta = nn.parameter(zeros([numHiddenLayers, numAttentionHeads, words]));
    this.beta.isKept = true;
  }

  /** Cross-entropy of the right class, computed at the target only. */
  loss(model: HookedModel, { prompt, pasts }: ReadSample): Tensor {
    const { target, ids } = prompt;
    const places = { groups: labelGroups(prompt), keys: target + 1, row: 0, queries: 1 };
    const hooks: ModelHooks = {
      ...pastHooks(pasts),
      pattern: (pattern, { layer }) => reweighted(pattern, this.beta.select(0, layer), places),
    };
    const last = { ...prompt, ids: [ids[target]!], target: 0 };
    const batch = { prompts: [last], first: 0, length: 1 };
    const logits = targetLogits(model, batch, { hooks, firstPosition: target });
    return goldLosses(logits, batch).sum();
  }

  /** Clips β to ±`most`; does nothing without a limit. */
  clampTo(most: number | undefined): void {
    if (most === undefined) return;
    tidy(() => noGrad(() => this.beta.copy_(this.beta.clamp({ min: -most, max: most }))));
  }

  /** Largest |β|. */
  async largest(): Promise<number> {
    const data = (await this.beta.data()) as Float32Array;
    return data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  }

  async values(): Promise<Reweighting> {
    const shape = this.beta.shape as [number, number, number];
    return { beta: (await this.beta.data()) as Float32Array, shape };
  }
}
