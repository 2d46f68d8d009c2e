import { nn, noGrad, tidy, zeros } from "@deepgrain/tensor-gpu";
import { goldLosses } from "../flow/flow-matrices";
import { pastHooks } from "../run/past";
import { targetLogits } from "../run/prompt-batch";
import { labelGroups } from "./label-groups";
import { reweighted } from "./reweighting-factors";
/** β as a module, so that the training loop can step it. */
export class BetaModule extends nn.Module {
    /** [layers, heads, words], 0 to begin with. */
    beta;
    constructor({ numHiddenLayers, numAttentionHeads }, words) {
        super();
        this.beta = nn.parameter(zeros([numHiddenLayers, numAttentionHeads, words]));
        this.beta.isKept = true;
    }
    /** Cross-entropy of the right class, reading the target alone. */
    loss(model, { prompt, pasts }) {
        const { target, ids } = prompt;
        const places = { groups: labelGroups(prompt), keys: target + 1, row: 0, queries: 1 };
        const hooks = {
            ...pastHooks(pasts),
            pattern: (pattern, { layer }) => reweighted(pattern, this.beta.select(0, layer), places),
        };
        const last = { ...prompt, ids: [ids[target]], target: 0 };
        const batch = { prompts: [last], first: 0, length: 1 };
        const logits = targetLogits(model, batch, { hooks, firstPosition: target });
        return goldLosses(logits, batch).sum();
    }
    /** Cuts β to ±`most`; nothing without a limit. */
    clampTo(most) {
        if (most === undefined)
            return;
        tidy(() => noGrad(() => this.beta.copy_(this.beta.clamp({ min: -most, max: most }))));
    }
    /** Largest |β|. */
    async largest() {
        const data = (await this.beta.data());
        return data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    }
    async values() {
        const shape = this.beta.shape;
        return { beta: (await this.beta.data()), shape };
    }
}
