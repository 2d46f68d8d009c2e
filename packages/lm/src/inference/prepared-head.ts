import { inference, noGrad, type Tensor } from "@deepgrain/tensor-gpu";
import type { CausalLM } from "../model/causal-lm";
import {
  isChanged,
  type NormFunction,
  prepareLinear,
  prepareNorm,
  type Release,
  type RowFunction,
} from "./prepared-layers";
import type { Workspace } from "./workspace";

/** cap · tanh(x / cap), in place. */
function capLogits(x: Tensor, cap: number): void {
  inference.scaleInto(x, 1 / cap);
  inference.activateInto("tanh", x, x);
  inference.scaleInto(x, cap);
}

/** The weight whose products with the rows order the tokens as their logits do; null if other things matter, too. */
function orderingWeight({ lmHead, decoder, logitCap }: CausalLM): Tensor | null {
  const isPlain = !lmHead || (!isChanged(lmHead) && lmHead.bias === null);
  const weight = lmHead ? lmHead.weight : decoder.tokenEmbedding;
  return isPlain && logitCap === 0 && weight.dtype === "float32" ? weight : null;
}

/** The last norm and the vocabulary's head, for the sampled rows of a step. */
export class PreparedHead {
  private readonly finish: NormFunction;
  private readonly toVocabulary: RowFunction;
  private readonly ordering: Tensor | null;
  /** Whether the last step found the most likely tokens without writing logits. */
  private isBestFound = false;

  constructor(
    private readonly model: CausalLM,
    release: Release,
  ) {
    const { decoder, lmHead } = model;
    this.finish = noGrad(() => prepareNorm(decoder.finalNorm, release));
    const embedding = decoder.tokenEmbedding;
    this.toVocabulary = lmHead
      ? prepareLinear(lmHead, release)
      : (out, x) => inference.linearInto(out, x, embedding);
    this.ordering = orderingWeight(model);
  }

  /**
   * @param last the residual stream of the sampled rows @param space theirs
   * @param onlyBest whether the most likely tokens are enough; logits are then computed when they are read
   */
  run(last: Tensor, space: Workspace, onlyBest: boolean): void {
    const normed = this.normed(space);
    this.finish(normed, last, space);
    const { ids, top } = this.bestOf(space);
    this.isBestFound =
      onlyBest &&
      this.ordering !== null &&
      inference.linearArgmaxInto(ids, top, normed, this.ordering);
    if (!this.isBestFound) this.toLogits(space);
  }

  /** Logits of the last step, [sampled, vocabulary]. */
  async read(space: Workspace): Promise<Float32Array> {
    if (this.isBestFound) noGrad(() => this.toLogits(space));
    const logits = this.logits(space);
    return (logits.canReadSync ? logits.dataSync() : await logits.data()) as Float32Array;
  }

  /** Ids of the largest logits of the last step, null where one is not finite or values cannot be read synchronously. */
  best(space: Workspace): Int32Array | null {
    const { ids, top } = this.bestOf(space);
    if (!top.canReadSync) return null;
    if (!this.isBestFound) inference.argmaxInto(ids, top, this.logits(space));
    return top.dataSync().every(Number.isFinite) ? (ids.dataSync() as Int32Array) : null;
  }

  private normed(space: Workspace): Tensor {
    return space.get("normed", this.model.config.hiddenSize);
  }

  private logits(space: Workspace): Tensor {
    return space.get("logits", this.model.config.vocabSize);
  }

  private bestOf(space: Workspace): { ids: Tensor; top: Tensor } {
    const { rows } = space;
    return {
      ids: space.ints("best", rows),
      top: space.view("top", space.get("top rows", 1), [rows]),
    };
  }

  private toLogits(space: Workspace): void {
    const logits = this.logits(space);
    this.toVocabulary(logits, this.normed(space));
    const { logitCap, logitDivisor } = this.model;
    if (logitDivisor !== 1) inference.scaleInto(logits, 1 / logitDivisor);
    if (logitCap > 0) capLogits(logits, logitCap);
  }
}
