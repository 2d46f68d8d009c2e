import type { CausalLM, ForwardOptions } from "@deepgrain/lm";
import { cat, type Generator, nn, type Tensor, tensor } from "@deepgrain/tensor-gpu";
import { having, oneOf, optionsOf, PrmError, refuseUnknown } from "../errors";
import type { StepBatch } from "./step-batches";
import { surprise } from "./surprise";
import { threeLogits } from "./three-classes";

/**
 * Where a step's score comes from. `tag`: the model's own logits of two tokens, good and bad, after reading the tag, as in
 * Math-Shepherd's release. `value`: one number per place (Skywork-o1-PRM). `classes`: two, bad and good (TRL). `mlp`: two, after
 * a hidden layer (Qwen2.5-Math-PRM). `three`: three, bad, neutral and good (PRM800K's ratings); `neutral` says on which side the
 * score counts neutral steps: P(good) + P(neutral) (`good`, the default) or P(good) alone. `likelihood`: one number, from the hidden state and from how much the solution so far
 * surprises the backbone itself (`surprise`); for models too small to compare what stands there with what they would write. Not
 * of the paper.
 */
export type StepHead =
  | { readonly kind: "tag"; readonly goodTokenId: number; readonly badTokenId: number }
  | { readonly kind: "three"; readonly neutral?: "good" | "bad" | undefined }
  | { readonly kind: "value" | "classes" | "mlp" | "likelihood" };

const sides = ["good", "bad"] as const;

const relu = (x: Tensor): Tensor => x.relu();

/** A value that begins as 1 minus the surprise, the last of its inputs. */
function likelihoodLayer(hidden: number): nn.Linear {
  const layer = new nn.Linear(hidden + 1, 1, { bias: true });
  layer.weight.set(Float32Array.from({ length: hidden + 1 }, (_, i) => (i < hidden ? 0 : -1)));
  layer.bias!.set([1]);
  return layer;
}

/** The layers of a head: none for `tag`. */
function layersOf({ kind }: StepHead, hidden: number, generator: Generator | undefined) {
  const layer = (width: number) => new nn.Linear(hidden, width, { bias: true, generator });
  if (kind === "tag") return [];
  if (kind === "mlp") return [layer(hidden), layer(2)];
  if (kind === "likelihood") return [likelihoodLayer(hidden)];
  return [layer({ value: 1, classes: 2, three: 3 }[kind])];
}

/** A language model that scores steps: a process reward model, or an outcome reward model where only last steps are labelled. */
export class StepRewardModel extends nn.Module {
  static override readonly name: string = "StepRewardModel";
  readonly model: CausalLM;
  readonly head: StepHead;
  /** The head's own layers. */
  readonly score: nn.Linear[];

  /**
   * @param model the backbone, which is trained too
   * @param head default `{ kind: "value" }`
   * @param options.generator generator for the head's initial weights. Default: the engine's generator
   * @throws {PrmError} `ERR_RANGE` for tokens of a `tag` head that are equal or outside the vocabulary; `ERR_ARGUMENT`
   *   for an unknown `neutral` of a `three` head
   */
  constructor(
    model: CausalLM,
    head: StepHead = { kind: "value" },
    options: { generator?: Generator | undefined } = {},
  ) {
    const { generator, ...rest } = optionsOf("StepRewardModel", options);
    refuseUnknown("StepRewardModel", rest);
    super();
    having("StepRewardModel", "model", model, "config");
    this.model = model;
    this.head = head;
    this.score = layersOf(head, model.config.hiddenSize, generator);
    if (head.kind === "three") oneOf("StepRewardModel", "neutral", head.neutral ?? "good", sides);
    if (head.kind !== "tag") return;
    const { goodTokenId: good, badTokenId: bad } = head;
    const isToken = (id: number) => Number.isInteger(id) && id >= 0 && id < model.config.vocabSize;
    if (!isToken(good) || !isToken(bad) || good === bad)
      throw new PrmError(
        "ERR_RANGE",
        `StepRewardModel: goodTokenId and badTokenId must be two tokens below ${model.config.vocabSize}, got ${good} and ${bad}`,
        { fields: { goodTokenId: good, badTokenId: bad } },
      );
  }

  /** The output at the scored positions of a batch: [places, vocabulary] for `tag`, else [places, 1 to 3]. */
  outputs(batch: StepBatch, options: ForwardOptions = {}): Tensor {
    const hidden = this.model
      .hiddenStates(batch, options)
      .reshape([batch.batch * batch.length, this.model.config.hiddenSize]);
    const own = hidden.indexSelect(0, tensor(batch.places));
    if (this.head.kind === "tag") return this.model.head(own);
    const read =
      this.head.kind === "likelihood" ? cat([own, surprise(this.model, hidden, batch)], 1) : own;
    return this.score.reduce((x, layer, i) => layer.forward(i === 0 ? x : relu(x)), read);
  }

  /** The log-odds that each step is good, ℓ, [places], from `outputs`. */
  logitsOf(outputs: Tensor): Tensor {
    const { head } = this;
    if (head.kind === "value" || head.kind === "likelihood")
      return outputs.reshape([outputs.shape[0]!]);
    if (head.kind === "three") return threeLogits(outputs, head.neutral);
    const [good, bad] = head.kind === "tag" ? [head.goodTokenId, head.badTokenId] : [1, 0];
    const column = (id: number) => outputs.narrow(1, id, 1).reshape([outputs.shape[0]!]);
    return column(good).sub(column(bad));
  }

  /** The log-odds that each step of a batch is good, [places], with gradient. */
  logits(batch: StepBatch, options: ForwardOptions = {}): Tensor {
    return this.logitsOf(this.outputs(batch, options));
  }
}
