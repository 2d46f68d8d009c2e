import { generate, type TrainEvent } from "@deepgrain/lm";
import { setBackend } from "@deepgrain/tensor-gpu";
import { beforeEach, describe, expect, it } from "vitest";
import { sft } from "../../../src";
import { rows, samplesOf } from "../../support/sft";
import { tinyModel } from "../../support/tiny-model";

beforeEach(() => {
  setBackend("js");
});

describe("sft", () => {
  it("teaches the answers, which the model then gives to the template's prompt", async () => {
    const { tokenizer, samples } = await samplesOf();
    const model = tinyModel(3, tokenizer.vocabSize);
    const events: TrainEvent[] = [];
    const config = { steps: 120, lr: 2e-2, sequenceLength: 32, padTokenId: 0, batchSize: 2 };
    for await (const event of sft(model, samples, config)) events.push(event);
    expect(events.at(-1)).toEqual({ type: "train-end", step: 120 });
    for (const { messages } of rows) {
      const prompt = tokenizer.encode(
        tokenizer.applyChatTemplate(messages.slice(0, 1), { addGenerationPrompt: true }),
        { addSpecialTokens: false },
      );
      const ids: number[] = [];
      for await (const event of generate(model, [prompt], { maxNewTokens: 5 }))
        ids.push(event.ids[0]!);
      expect(tokenizer.decode(ids).startsWith(` ${messages[1]!.content}</s>`)).toBe(true);
    }
  });
});
