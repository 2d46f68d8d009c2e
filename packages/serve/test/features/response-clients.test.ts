import { createOpenAI } from "@ai-sdk/openai";
import { setBackend } from "@deepgrain/tensor-gpu";
import { generateObject, generateText, jsonSchema, stepCountIs, streamText, tool } from "ai";
import OpenAI, { BadRequestError } from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createHandler } from "../../src";
import { flatTools } from "../support/responses";
import { type Served, serveHttp } from "../support/serve-http";
import { agent, scripted, written } from "../support/tools";

/** The results of both tools. */
const results: Record<string, (args: Record<string, unknown>) => string> = {
  weather: ({ city }) => `30 °C in ${city}`,
  add: ({ a, b }) => String(Number(a) + Number(b)),
};

const told = "It is 30 °C in Rome and 5.";
const schema = {
  type: "object" as const,
  properties: { ok: { type: "boolean" as const } },
  required: ["ok"],
  additionalProperties: false,
};

/** The tools as the AI SDK has them. */
const ownTools = Object.fromEntries(
  flatTools.map(({ name, description, parameters }) => [
    name,
    tool({
      description: description ?? name,
      inputSchema: jsonSchema<Record<string, unknown>>(parameters as never),
      execute: async (args) => results[name]!(args),
    }),
  ]),
);

describe("clients of the Responses API", () => {
  let served: Served;
  let baseURL: string;
  let openai: OpenAI;
  beforeAll(async () => {
    setBackend("wasm");
    const models = {
      agent: await scripted(agent),
      thinker: await scripted(() => `<think>hm</think>${written("add", { a: 1, b: 2 })}`),
      object: await scripted(() => '{"ok":true}'),
    };
    served = await serveHttp(createHandler(models, { doors: ["responses"] }));
    baseURL = `${served.url}/v1`;
    openai = new OpenAI({ baseURL, apiKey: "none", maxRetries: 0 });
  });
  afterAll(() => served?.close());

  const asked = { model: "agent", tools: flatTools, max_output_tokens: 400 };
  const question: OpenAI.Responses.ResponseInputItem = { role: "user", content: "Hot?" };

  /** The conversation with the results of an answer's calls. */
  const answered = ({ output }: OpenAI.Responses.Response): OpenAI.Responses.ResponseInput => [
    question,
    ...(output as OpenAI.Responses.ResponseInput),
    ...output.flatMap((item) =>
      item.type === "function_call"
        ? {
            type: "function_call_output" as const,
            call_id: item.call_id,
            output: results[item.name]!(JSON.parse(item.arguments)),
          }
        : [],
    ),
  ];

  it("of OpenAI call two tools and send their results back, whole and in events", async () => {
    const one = await openai.responses.create({ ...asked, input: "Hot?" });
    expect(one.output_text).toBe("I look.");
    const two = await openai.responses.create({ ...asked, input: answered(one) });
    expect(two.output_text).toBe(told);
    expect(two.usage!.total_tokens).toBe(two.usage!.input_tokens + two.usage!.output_tokens);

    const first = openai.responses.stream({ ...asked, input: [question] });
    const calls: string[] = [];
    first.on("response.function_call_arguments.delta", ({ snapshot }) => {
      calls.push(snapshot);
    });
    const whole = await first.finalResponse();
    expect(calls).toContain('{"city":"Rome"}');
    expect(whole.output.map(({ type }) => type)).toEqual([
      "message",
      "function_call",
      "function_call",
    ]);
    const last = openai.responses.stream({ ...asked, input: answered(whole) });
    expect((await last.finalResponse()).output_text).toBe(told);

    const events = await openai.responses.create({ ...asked, input: answered(one), stream: true });
    let joined = "";
    for await (const event of events)
      if (event.type === "response.output_text.delta") joined += event.delta;
    expect(joined).toBe(told);
  });

  it("of OpenAI parse structured output and read reasoning", async () => {
    const format = { type: "json_schema" as const, name: "answer", strict: true, schema };
    const parsed = await openai.responses.parse({
      model: "object",
      input: "Well?",
      text: { format },
      max_output_tokens: 60,
    });
    expect(parsed.output_parsed).toEqual({ ok: true });
    const stream = openai.responses.stream({ ...asked, model: "thinker", input: "Well?" });
    const { output } = await stream.finalResponse();
    expect(output).toMatchObject([
      { type: "reasoning", summary: [{ text: "hm" }] },
      { type: "function_call", name: "add" },
    ]);
  });

  it("of OpenAI see what is refused, by its field", async () => {
    const refused = openai.responses.create({
      model: "agent",
      input: "Hot?",
      previous_response_id: "resp_1",
    });
    await expect(refused).rejects.toBeInstanceOf(BadRequestError);
    await expect(refused).rejects.toMatchObject({ param: "previous_response_id" });
  });

  it("of the AI SDK, as openai() makes them, call two tools, whole and in pieces", async () => {
    const provider = createOpenAI({ baseURL, apiKey: "none" });
    const options = {
      model: provider("agent"),
      system: "Be brief.",
      prompt: "Hot?",
      tools: ownTools,
      stopWhen: stepCountIs(3),
      maxOutputTokens: 400,
      providerOptions: { openai: { store: false } },
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

  it("of the AI SDK read reasoning, objects and the reason of an end", async () => {
    const provider = createOpenAI({ baseURL, apiKey: "none" });
    const options = { prompt: "Well?", maxOutputTokens: 200 };
    const { object } = await generateObject({
      ...options,
      model: provider("object"),
      schema: jsonSchema<{ ok: boolean }>(schema),
    });
    expect(object).toEqual({ ok: true });
    const model = provider("thinker");
    const { reasoningText, toolCalls } = await generateText({ ...options, model, tools: ownTools });
    expect(reasoningText).toBe("hm");
    expect(toolCalls).toMatchObject([{ toolName: "add", input: { a: 1, b: 2 } }]);
    const streamed = streamText({ ...options, model, tools: ownTools });
    expect(await streamed.reasoningText).toBe("hm");
    expect(await streamed.finishReason).toBe("tool-calls");
    const cut = await generateText({ ...options, model, tools: ownTools, maxOutputTokens: 20 });
    expect(cut).toMatchObject({ finishReason: "length", toolCalls: [] });
    expect(cut.usage.outputTokens).toBe(20);
    const pieces = streamText({ ...options, model, tools: ownTools, maxOutputTokens: 30 });
    expect(await pieces.toolCalls).toEqual([]);
    expect(await pieces.finishReason).toBe("length");
  });
});
