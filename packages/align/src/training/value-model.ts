import type { CausalLM, LabelledBatch } from "@deepgrain/lm";
import { type Generator, nn, type Tensor } from "@deepgrain/tensor-gpu";
import { having, optionsOf, refuseUnknown } from "../errors";

/** A policy with a value head on its last hidden states: one pass gives logits and values. */
export class ValueModel extends nn.Module {
  static override readonly name: string = "ValueModel";
  readonly model: CausalLM;
  readonly value: nn.Linear;

  /**
   * @param model the policy, which is trained too
   * @param options.generator generator for the head's initial weights. Default: the engine's generator
   */
  constructor(model: CausalLM, options: { generator?: Generator | undefined } = {}) {
    const { generator, ...rest } = optionsOf("ValueModel", options);
    refuseUnknown("ValueModel", rest);
    super();
    having("ValueModel", "model", model, "config");
    this.model = model;
    this.value = new nn.Linear(model.config.hiddenSize, 1, {
      bias: true,
      generator,
    });
  }

  /** Logits [batch, length, vocabulary], and the value of every position, [batch, length]. */
  both(batch: LabelledBatch): { logits: Tensor; values: Tensor } {
    const hidden = this.model.hiddenStates(batch);
    const values = this.value.forward(hidden).squeeze(-1);
    return { logits: this.model.head(hidden), values };
  }
}
