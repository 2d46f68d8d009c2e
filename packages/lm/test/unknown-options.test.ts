import { describe, expect, it } from "vitest";
import * as api from "../src";

const sizes = { vocab_size: 16, hidden_size: 8, num_hidden_layers: 1, num_attention_heads: 2 };
const tiny = api.parseConfig({ model_type: "llama", intermediate_size: 8, ...sizes });

describe("a caller that is refused", () => {
  it("reads its own name, not that of a function inside", async () => {
    const model = {} as api.CausalLM;
    const forward = () =>
      api.CausalLM.prototype.forward.call(model, {} as never, { hook: 1 } as never);
    expect(forward).toThrow('lm/forward: unknown option "hook"');
    const bpe = api.trainBpe([], { vocabsize: 300 } as never);
    await expect(bpe).rejects.toThrow(
      'lm/trainBpe: unknown option "vocabsize"; did you mean "vocabSize"?',
    );
  });

  it("may pass undefined for an option of LoRA, which takes its default", () => {
    const lora = api.attachLora(new api.CausalLM(tiny), { rank: undefined, alpha: 4 });
    expect(lora.config).toMatchObject({ rank: 8, alpha: 4 });
  });
});

describe("what people write who know other libraries", () => {
  const model = new api.CausalLM(tiny);

  it("is refused with the right name: step", async () => {
    const data = api.packSequences(Uint8Array.from({ length: 64 }), { blockLength: 8 });
    const events = api.train(model, data, { step: 5, lr: 1e-3 } as never);
    await expect(events.next()).rejects.toThrow(
      'lm/train: unknown option "step"; did you mean "steps"?',
    );
    for (const [given, meant] of [
      ["schedule", "lr"],
      ["learningRate", "lr"],
      ["epochs", "steps"],
    ] as const) {
      const other = api.train(model, data, { steps: 5, lr: 1e-3, [given]: 1 } as never);
      await expect(other.next()).rejects.toThrow(
        `lm/train: unknown option "${given}"; did you mean "${meant}"?`,
      );
    }
  });

  it("is refused with what to do: a prompt of text", async () => {
    for (const prompts of [["hello"], "hello"])
      await expect(api.generate(model, prompts as never).next()).rejects.toThrow(
        'lm/generate: prompts must be lists of token ids, got "hello"; encode text with a tokenizer first',
      );
  });
});
