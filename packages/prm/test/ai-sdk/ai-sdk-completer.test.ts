import { APICallError } from "ai";
import { MockLanguageModelV3 } from "ai/test";
import { describe, expect, it } from "vitest";
import { aiSdkCompleter } from "../../src/ai-sdk/ai-sdk-completer";
import { complete } from "../../src/completers/completer";
import { createTokenLedger } from "../../src/completers/token-ledger";
import { PrmError } from "../../src/errors";

const prefix = { problem: "two", steps: ["Step 1: x"] };

/** A model of the SDK's own mock provider. */
const mockModel = (doGenerate: (options: { seed?: number | undefined }) => string) =>
  new MockLanguageModelV3({
    doGenerate: async (options) => ({
      content: [{ type: "text", text: doGenerate(options) }],
      finishReason: { unified: "stop", raw: "stop" },
      usage: {
        inputTokens: { total: 10, noCache: 10, cacheRead: 0, cacheWrite: 0 },
        outputTokens: { total: 3, text: 3, reasoning: 0 },
      },
      warnings: [],
    }),
  });

describe("the AI SDK completer", () => {
  it("calls the model once per seed and counts tokens", async () => {
    const model = mockModel(({ seed }) => `answer ${seed}`);
    const ledger = createTokenLedger();
    const made = await complete(aiSdkCompleter(model, { ledger }), prefix, {
      seeds: [4, 5],
      stop: ["\n"],
    });
    expect(made.map(({ text }) => text)).toEqual(["answer 4", "answer 5"]);
    expect(made[0]).toMatchObject({
      promptTokens: 10,
      completionTokens: 3,
      finishReason: undefined,
    });
    expect(ledger.counts()).toMatchObject({ requests: 2, promptTokens: 20, completionTokens: 6 });
    expect(model.doGenerateCalls[0]).toMatchObject({
      seed: 4,
      temperature: 0.8,
      maxOutputTokens: 512,
      stopSequences: ["\n"],
      prompt: [
        { role: "user", content: [{ type: "text", text: "two" }] },
        { role: "assistant", content: [{ type: "text", text: "Step 1: x\n" }] },
      ],
    });
    const [whole] = await complete(aiSdkCompleter(model), prefix, { seeds: [1] });
    expect(whole!.finishReason).toBe("end");
  });

  it("turns the SDK's errors into ours, with the request's number", async () => {
    const model = mockModel(() => {
      throw new APICallError({
        message: "overloaded",
        url: "http://nowhere",
        requestBodyValues: {},
        statusCode: 400,
      });
    });
    const error = await complete(aiSdkCompleter(model), prefix, { seeds: [1] }).catch((e) => e);
    expect(PrmError.isInstance(error)).toBe(true);
    expect(error).toMatchObject({
      code: "ERR_HTTP",
      message: "prm/aiSdkCompleter: request 1: overloaded",
      fields: { request: 1, status: 400 },
    });
    const odd = mockModel(() => {
      throw new Error("odd");
    });
    await expect(complete(aiSdkCompleter(odd), prefix, { seeds: [1] })).rejects.toThrow(
      "request 1: odd",
    );
  });

  it("does not call the model beyond the budget, and passes on an abort", async () => {
    const model = mockModel(() => "x");
    const ledger = createTokenLedger({ maxTokens: 100 });
    await expect(
      complete(aiSdkCompleter(model, { ledger }), prefix, { seeds: [1] }),
    ).rejects.toThrow(/exceeds the 100 left/);
    expect(model.doGenerateCalls).toHaveLength(0);
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(complete(aiSdkCompleter(model), prefix, { seeds: [1], signal })).rejects.toThrow(
      "enough",
    );
  });

  it("refuses bad limits", () => {
    expect(() =>
      aiSdkCompleter(
        mockModel(() => ""),
        { maxTokens: 0 },
      ),
    ).toThrow(/maxTokens/);
  });
});
