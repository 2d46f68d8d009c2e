import { generateText, streamText, wrapLanguageModel } from "ai";
import { MockLanguageModelV3, simulateReadableStream } from "ai/test";
import { describe, expect, it } from "vitest";
import { type DetectionSummary, detectorMiddleware } from "../src/adapters/ai-sdk";
import { createWatermark } from "../src/watermark/create-watermark";
import { makeRandom, markovModel, write } from "./support/language-model";

const size = 128;
const tokenize = (text: string) => text.split(" ").map(Number);
const profile = { scheme: "kgw", vocab_size: size, bias: 3 } as const;
const watermark = createWatermark(profile, "00".repeat(15).concat("01"), { tokenize });
const logitsOf = markovModel(size, 2);
const marked = write(logitsOf, [1], 200, makeRandom(3), watermark.createProcessor()).join(" ");
const plain = write(logitsOf, [1], 200, makeRandom(3)).join(" ");

const usage = {
  inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 200, text: 200, reasoning: 0 },
};
const finishReason = { unified: "stop", raw: "stop" } as const;

/** A model of the AI SDK that answers with a text. */
const answering = (text: string) =>
  new MockLanguageModelV3({
    doGenerate: { content: [{ type: "text", text }], finishReason, usage, warnings: [] },
    doStream: async () => ({
      stream: simulateReadableStream({
        chunks: [
          { type: "stream-start", warnings: [] },
          { type: "text-start", id: "1" },
          { type: "text-delta", id: "1", delta: text.slice(0, 50) },
          { type: "text-delta", id: "1", delta: text.slice(50) },
          { type: "text-end", id: "1" },
          { type: "finish", finishReason, usage },
        ],
      }),
    }),
  });

describe("detectorMiddleware in the AI SDK", () => {
  it.each([
    ["found", marked],
    ["not-found", plain],
  ])("adds the verdict to an answer's metadata: %s", async (verdict, text) => {
    const middleware = detectorMiddleware(watermark);
    const model = wrapLanguageModel({ model: answering(text), middleware });
    const result = await generateText({ model, prompt: "Say something." });
    expect(result.text).toBe(text);
    expect(result.providerMetadata?.watermark).toMatchObject({
      verdict,
      scored: expect.any(Number),
    });
  });

  it("tells the verdict of a streamed answer, which arrives unchanged", async () => {
    const told: [DetectionSummary, string][] = [];
    const onDetection = (summary: DetectionSummary, text: string) =>
      void told.push([summary, text]);
    const middleware = detectorMiddleware(watermark, { onDetection });
    const model = wrapLanguageModel({ model: answering(marked), middleware });
    const { textStream } = streamText({ model, prompt: "Say something." });
    let text = "";
    for await (const piece of textStream) text += piece;
    expect(text).toBe(marked);
    expect(told).toHaveLength(1);
    expect(told[0]![0].verdict).toBe("found");
    expect(told[0]![1]).toBe(marked);
  });
});
