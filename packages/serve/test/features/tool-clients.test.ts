import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { setBackend } from "@deepgrain/tensor-gpu";
import { generateText, jsonSchema, stepCountIs, streamText, tool } from "ai";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createHandler } from "../../src";
import { type Served, serveHttp } from "../support/serve-http";
import { agent, scripted, tools } from "../support/tools";

/** The results of both tools. */
const results: Record<string, (args: Record<string, unknown>) => string> = {
  weather: ({ city }) => `30 °C in ${city}`,
  add: ({ a, b }) => String(Number(a) + Number(b)),
};

const told = "It is 30 °C in Rome and 5.";

describe("a round of two tools", () => {
  let served: Served;
  let baseURL: string;
  beforeAll(async () => {
    setBackend("wasm");
    served = await serveHttp(createHandler({ agent: await scripted(agent) }));
    baseURL = `${served.url}/v1`;
  });
  afterAll(() => served?.close());

  const first: OpenAI.ChatCompletionMessageParam = { role: "user", content: "Hot?" };
  const asked = { model: "agent", tools, max_tokens: 400 };

  /** The conversation with the results of an answer's calls. */
  const answered = (message: OpenAI.ChatCompletionMessage): OpenAI.ChatCompletionMessageParam[] => [
    first,
    message,
    ...(message.tool_calls ?? []).map((call) => {
      if (call.type !== "function") throw new Error(call.type);
      const content = results[call.function.name]!(JSON.parse(call.function.arguments));
      return { role: "tool" as const, tool_call_id: call.id, content };
    }),
  ];

  it("by OpenAI's client, whole, in pieces, and by its runner", async () => {
    const openai = new OpenAI({ baseURL, apiKey: "none", maxRetries: 0 });
    const create = (messages: OpenAI.ChatCompletionMessageParam[]) =>
      openai.chat.completions.create({ ...asked, messages });
    const one = await create([first]);
    expect(one.choices[0]!.finish_reason).toBe("tool_calls");
    const two = await create(answered(one.choices[0]!.message));
    expect(two.choices[0]!.message.content).toBe(told);

    const stream = openai.chat.completions.stream({ ...asked, messages: [first] });
    const { message } = (await stream.finalChatCompletion()).choices[0]!;
    expect(message.tool_calls).toHaveLength(2);
    const last = openai.chat.completions.stream({ ...asked, messages: answered(message) });
    expect(await last.finalContent()).toBe(told);

    const runner = openai.chat.completions.runTools({
      model: "agent",
      max_tokens: 400,
      messages: [first],
      tools: tools.map(({ type, function: about }) => ({
        type,
        function: { ...about, parse: JSON.parse, function: results[about.name]! },
      })) as never,
    });
    expect(await runner.finalContent()).toBe(told);
  });

  it("by the AI SDK, whole and in pieces", async () => {
    const provider = createOpenAICompatible({ name: "deepgrain", baseURL });
    const own = Object.fromEntries(
      tools.map(({ function: { name, description, parameters } }) => [
        name,
        tool({
          description: description ?? name,
          inputSchema: jsonSchema<Record<string, unknown>>(parameters as never),
          execute: async (args) => results[name]!(args),
        }),
      ]),
    );
    const options = {
      model: provider("agent"),
      prompt: "Hot?",
      tools: own,
      stopWhen: stepCountIs(3),
      maxOutputTokens: 400,
    };
    const { text, steps } = await generateText(options);
    expect(text).toBe(told);
    expect(steps[0]!.toolCalls.map(({ toolName }) => toolName)).toEqual(["weather", "add"]);
    const streamed = streamText(options);
    let joined = "";
    for await (const piece of streamed.textStream) joined += piece;
    expect(joined).toContain(told);
    expect(await streamed.steps).toHaveLength(2);
  });
});
