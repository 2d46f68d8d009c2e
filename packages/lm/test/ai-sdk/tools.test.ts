import { setBackend } from "@deepgrain/tensor-gpu";
import { generateText, jsonSchema, stepCountIs, streamText, tool } from "ai";
import { beforeAll, describe, expect, it } from "vitest";
import type { CausalLM, Tokenizer } from "../../src";
import { deepgrain } from "../../src/ai-sdk";
import { randomModel, toolTokenizer } from "../tools/tool-models";

let model: CausalLM;
let tokenizer: Tokenizer;
beforeAll(async () => {
  setBackend("wasm");
  tokenizer = await toolTokenizer("hermes");
  model = randomModel(tokenizer);
});

/** The model, which answers as a script says where its masks let it. */
function scripted(script: (prompt: string) => string) {
  let promptLength = 0;
  let ids: number[] = [];
  const force = (all: ArrayLike<number>, logits: Float32Array) => {
    if (all.length < promptLength || ids.length === 0 || all.length - promptLength >= ids.length) {
      promptLength = all.length;
      const text = script(tokenizer.decode(Array.from(all)));
      ids = [...tokenizer.encode(text, { addSpecialTokens: false }), tokenizer.eosTokenId!];
    }
    const next = ids[all.length - promptLength]!;
    if (logits[next]! > Number.NEGATIVE_INFINITY) logits[next] = 1e6;
    return logits;
  };
  return deepgrain(model, tokenizer, { logitsProcessors: [force] });
}

const call = (name: string, args: unknown) =>
  `<tool_call>\n{"name": "${name}", "arguments": ${JSON.stringify(args)}}\n</tool_call>`;

/** Thinks, calls one tool, then the other, then tells both results. */
function agent(prompt: string): string {
  const results = [...prompt.matchAll(/<tool_response>\n(.*?)\n/g)].map((match) => match[1]);
  if (results.length === 0)
    return `<think>First the weather.</think>\n${call("weather", { city: "Rome" })}`;
  if (results.length === 1) return call("add", { a: 2, b: 3 });
  return `It is ${results.join(" and ")}.`;
}

const tools = {
  weather: tool({
    inputSchema: jsonSchema<{ city: string }>({
      type: "object",
      properties: { city: { type: "string" } },
      required: ["city"],
      additionalProperties: false,
    }),
    execute: async ({ city }) => `30 °C in ${city}`,
  }),
  add: tool({
    inputSchema: jsonSchema<{ a: number; b: number }>({
      type: "object",
      properties: { a: { type: "integer" }, b: { type: "integer" } },
      required: ["a", "b"],
      additionalProperties: false,
    }),
    execute: async ({ a, b }) => ({ sum: a + b }),
  }),
};
const asked = { prompt: "Hot?", tools, stopWhen: stepCountIs(3), maxOutputTokens: 300 };
const told = 'It is 30 °C in Rome and {"sum":5}.';

describe("tools of the AI SDK", () => {
  it("are both called by generateText in three steps, and their results told", async () => {
    const { text, steps } = await generateText({ model: scripted(agent), ...asked });
    expect(text).toBe(told);
    expect(steps.map(({ finishReason }) => finishReason)).toEqual([
      "tool-calls",
      "tool-calls",
      "stop",
    ]);
    expect(
      steps.flatMap(({ toolCalls }) => toolCalls.map(({ toolName, input }) => [toolName, input])),
    ).toEqual([
      ["weather", { city: "Rome" }],
      ["add", { a: 2, b: 3 }],
    ]);
    expect(steps[0]!.reasoningText).toBe("First the weather.");
  });

  it("are both called by streamText, in parts", async () => {
    const { fullStream, steps } = streamText({ model: scripted(agent), ...asked });
    const inputs: string[] = [];
    const types = new Set<string>();
    for await (const part of fullStream) {
      types.add(part.type);
      if (part.type === "tool-input-start") inputs.push("");
      if (part.type === "tool-input-delta") inputs[inputs.length - 1] += part.delta;
      if (part.type === "error") throw part.error;
    }
    expect(inputs.map((input) => JSON.parse(input))).toEqual([{ city: "Rome" }, { a: 2, b: 3 }]);
    for (const type of [
      "reasoning-start",
      "reasoning-end",
      "tool-input-end",
      "tool-call",
      "text-delta",
    ])
      expect(types).toContain(type);
    expect((await steps).at(-1)!.text).toBe(told);
  });

  it("are called by random weights where a choice asks for it", async () => {
    const one = {
      model: deepgrain(model, tokenizer),
      prompt: "x",
      tools,
      maxOutputTokens: 200,
      temperature: 1,
    };
    const named = { type: "tool" as const, toolName: "add" as const };
    const { toolCalls, finishReason } = await generateText({ ...one, toolChoice: named });
    expect(finishReason).toBe("tool-calls");
    expect(toolCalls.map(({ toolName }) => toolName)).toEqual(["add"]);
    const none = await generateText({ ...one, toolChoice: "none", maxOutputTokens: 5 });
    expect(none.toolCalls).toEqual([]);
  });

  it("that are cut are no calls", async () => {
    const long = { ...asked, maxOutputTokens: 30 };
    const { toolCalls, finishReason } = await generateText({
      model: scripted(() => call("weather", { city: "R".repeat(200) })),
      ...long,
      toolChoice: "auto",
    });
    expect({ finishReason, whole: toolCalls.length }).toEqual({ finishReason: "length", whole: 0 });
  });
});
