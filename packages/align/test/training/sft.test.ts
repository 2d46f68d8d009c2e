import { attachLora, generate, type TrainEvent } from "@deepgrain/lm";
import { Generator, setBackend } from "@deepgrain/tensor-gpu";
import { beforeEach, describe, expect, it } from "vitest";
import { encodeConversation, parseConversations, sft } from "../../src";
import { tinyModel } from "../support/tiny-model";
import { byteTokenizer } from "../support/tokenizer";

beforeEach(() => {
  setBackend("js");
});

const rows = ["a", "b"].map((letter) => ({
  messages: [
    { role: "user", content: letter },
    { role: "assistant", content: letter === "a" ? "yes" : "no" },
  ],
}));

async function samplesOf() {
  const tokenizer = await byteTokenizer();
  const records = parseConversations(rows.map((row) => JSON.stringify(row)).join("\n"));
  return {
    tokenizer,
    samples: records.map((record) => encodeConversation(record, tokenizer, { maxLength: 64 })),
  };
}

describe("sft", () => {
  it("teaches the answers, which the model then gives to the template's prompt", async () => {
    const { tokenizer, samples } = await samplesOf();
    const model = tinyModel(3, tokenizer.vocabSize);
    const events: TrainEvent[] = [];
    const config = { steps: 120, schedule: 2e-2, sequenceLength: 32, padTokenId: 0, batchSize: 2 };
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

  it("trains an adapter alone", async () => {
    const { tokenizer, samples } = await samplesOf();
    const model = tinyModel(3, tokenizer.vocabSize);
    const lora = attachLora(model, { rank: 2, generator: new Generator(4) });
    const before = await model.readWeight("model.layers.0.mlp.up_proj.weight");
    const losses: number[] = [];
    const config = { steps: 20, schedule: 2e-2, sequenceLength: 32, padTokenId: 0, lora };
    for await (const event of sft(model, samples, config))
      if (event.type === "step-end") losses.push(event.loss);
    expect(losses.at(-1)).toBeLessThan(losses[0]!);
    expect(await model.readWeight("model.layers.0.mlp.up_proj.weight")).toEqual(before);
  });

  it("refuses no samples", async () => {
    const config = { steps: 1, schedule: 1, sequenceLength: 8, padTokenId: 0 };
    await expect(sft(tinyModel(1), [], config).next()).rejects.toMatchObject({
      code: "ERR_MISSING",
    });
  });
});
