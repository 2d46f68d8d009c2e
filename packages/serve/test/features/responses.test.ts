import { setBackend } from "@deepgrain/tensor-gpu";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createHandler, type Handler } from "../../src";
import { ask, type Json, metric, post } from "../support/ask";
import { problemsOf } from "../support/openai-schemas";
import { eventsOf, flatTools, joined, nameless } from "../support/responses";
import { agent, randomModel, scripted, toolTokenizer, written } from "../support/tools";

const thinker = () =>
  `<think>${written("add", { a: 1, b: 1 })}</think>

I add.
${written("add", { a: 1, b: 2 })}`;

let handler: Handler;
let prompts: string[] = [];
beforeAll(async () => {
  setBackend("wasm");
  const tokenizer = await toolTokenizer();
  const seen = (script: (prompt: string) => string) => (prompt: string) => {
    prompts.push(prompt);
    return script(prompt);
  };
  const models = {
    agent: await scripted(seen(agent)),
    thinker: await scripted(thinker),
    echo: await scripted(seen(() => "Yes.")),
    random: { tokenizer, model: randomModel(tokenizer) },
  };
  handler = createHandler(models, { doors: ["openai", "responses"] });
});
afterAll(async () => {
  expect(await metric(handler, "running_sequences")).toBe(0);
  await handler.close();
});

const request = (more: object) =>
  post("/v1/responses", { model: "agent", input: "Hot?", max_output_tokens: 300, ...more });
const whole = async (more: object) => {
  const { status, body } = await ask(handler, request(more));
  expect({ status, body }).toMatchObject({ status: 200 });
  expect(problemsOf("Response", body)).toEqual([]);
  return body;
};
const streamed = async (more: object) => {
  const response = await handler(request({ ...more, stream: true }));
  expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
  const events = await eventsOf(response);
  for (const event of events) expect(problemsOf("ResponseStreamEvent", event)).toEqual([]);
  return events;
};

describe("a response", () => {
  it("is of the published schema, and repeats its request", async () => {
    prompts = [];
    const told = {
      instructions: "Be brief.",
      temperature: 0.5,
      top_p: 0.9,
      metadata: { a: "b" },
      store: false,
      background: false,
      truncation: "disabled",
      include: [],
      top_logprobs: 0,
      reasoning: { effort: null },
      service_tier: "auto",
      user: "me",
    };
    const body = await whole({ model: "echo", ...told, max_output_tokens: 9 });
    expect(body).toMatchObject({
      object: "response",
      status: "completed",
      error: null,
      incomplete_details: null,
      model: "echo",
      instructions: "Be brief.",
      temperature: 0.5,
      top_p: 0.9,
      max_output_tokens: 9,
      metadata: { a: "b" },
      previous_response_id: null,
      parallel_tool_calls: true,
      tool_choice: "auto",
      tools: [],
      text: { format: { type: "text" } },
    });
    expect(nameless(body.output)).toEqual([
      {
        type: "message",
        status: "completed",
        role: "assistant",
        content: [{ type: "output_text", text: "Yes.", annotations: [], logprobs: [] }],
      },
    ]);
    const [prompt] = prompts;
    expect(prompt).toContain("system: Be brief.");
    expect(prompt).toContain("user: Hot?");
    const { input_tokens, output_tokens, total_tokens } = body.usage;
    expect(output_tokens).toBe(5);
    expect(total_tokens).toBe(input_tokens + output_tokens);
  });

  it("is the same chat as one of /v1/chat/completions, however its items are written", async () => {
    const items = [
      { role: "developer", content: "Be brief." },
      {
        type: "message",
        role: "user",
        content: [{ type: "input_text", text: "Hot?" }],
        status: "completed",
      },
      { type: "reasoning", id: "rs_1", summary: [{ type: "summary_text", text: "hm" }] },
      {
        type: "function_call",
        id: "fc_1",
        call_id: "x",
        name: "weather",
        arguments: '{"city":"Rome"}',
      },
      { type: "function_call", call_id: "y", name: "add", arguments: "", status: "completed" },
      { type: "function_call_output", call_id: "y", output: "5" },
      {
        type: "function_call_output",
        call_id: "x",
        output: [{ type: "input_text", text: "30 °C" }],
      },
      {
        type: "message",
        id: "msg_1",
        role: "assistant",
        status: "completed",
        content: [{ type: "output_text", text: "It is hot.", annotations: [], logprobs: [] }],
      },
      { role: "assistant", content: "Really." },
      { role: "user", content: "And now?" },
    ];
    const call = (id: string, name: string, args: string) => ({
      id,
      type: "function",
      function: { name, arguments: args },
    });
    const messages = [
      { role: "system", content: "Be brief." },
      { role: "user", content: "Hot?" },
      {
        role: "assistant",
        content: "",
        reasoning_content: "hm",
        tool_calls: [call("x", "weather", '{"city":"Rome"}'), call("y", "add", "{}")],
      },
      { role: "tool", tool_call_id: "y", content: "5" },
      { role: "tool", tool_call_id: "x", content: "30 °C" },
      { role: "assistant", content: "It is hot." },
      { role: "assistant", content: "Really." },
      { role: "user", content: "And now?" },
    ];
    prompts = [];
    await whole({ input: items, tools: flatTools });
    const tools = flatTools.map(({ type, strict: _, ...about }) => ({ type, function: about }));
    const chat = { model: "agent", messages, tools, max_tokens: 300 };
    expect((await ask(handler, post("/v1/chat/completions", chat))).status).toBe(200);
    expect(prompts[0]).toContain("And now?");
    expect(prompts[0]).toBe(prompts[1]);
  });

  it("calls tools, whole and in events, and has their results sent back", async () => {
    const body = await whole({ tools: flatTools });
    expect(nameless(body.output)).toMatchObject([
      { type: "message", content: [{ text: "I look." }] },
      { type: "function_call", name: "weather", arguments: '{"city":"Rome"}' },
      { type: "function_call", name: "add", arguments: '{"a":2,"b":3}', status: "completed" },
    ]);
    expect(body.tools).toMatchObject([{ name: "weather" }, { name: "add", description: null }]);
    const results = body.output.slice(1).map(({ call_id }: Json, i: number) => ({
      type: "function_call_output",
      call_id,
      output: ["30 °C", "5"][i],
    }));
    const input = [{ role: "user", content: "Hot?" }, ...body.output, ...results];
    for (const more of [{ tools: flatTools }, {}, { tools: flatTools, tool_choice: "none" }]) {
      const { output, status } = await whole({ input, ...more });
      expect(status).toBe("completed");
      expect(output[0].content[0].text).toBe("It is 30 °C and 5.");
    }
  });

  it("comes as the published events, in their order", async () => {
    const events = await streamed({ model: "thinker", tools: flatTools });
    const { type } = events.at(-1);
    expect(type).toBe("response.completed");
    const types = events.map((event) => event.type).filter((one, i, all) => one !== all[i - 1]);
    const ofItem = (part: string, text: string) => [
      "response.output_item.added",
      `response.${part}.added`,
      `response.${text}.delta`,
      `response.${text}.done`,
      `response.${part}.done`,
      "response.output_item.done",
    ];
    expect(types).toEqual([
      "response.created",
      "response.in_progress",
      ...ofItem("reasoning_summary_part", "reasoning_summary_text"),
      ...ofItem("content_part", "output_text"),
      "response.output_item.added",
      "response.function_call_arguments.delta",
      "response.function_call_arguments.done",
      "response.output_item.done",
      "response.completed",
    ]);
    const { response } = events.at(-1);
    expect(joined(events)).toEqual(response.output);
    expect(new Set(events.flatMap((one) => one.response?.id ?? [])).size).toBe(1);
  });

  it("has what the model thinks as a reasoning item, and its tokens counted", async () => {
    const body = await whole({ model: "thinker", tools: flatTools });
    expect(nameless(body.output)).toMatchObject([
      { type: "reasoning", summary: [{ text: written("add", { a: 1, b: 1 }) }] },
      { type: "message", content: [{ text: "I add." }] },
      { type: "function_call", arguments: '{"a":1,"b":2}' },
    ]);
    const { reasoning_tokens } = body.usage.output_tokens_details;
    expect(reasoning_tokens).toBeGreaterThan(10);
    expect(reasoning_tokens).toBeLessThan(body.usage.output_tokens);
  });

  it("is incomplete where it is cut: half a call is none, and half a text says so", async () => {
    for (let max_output_tokens = 1; max_output_tokens < 150; max_output_tokens += 12) {
      const asked = { tools: flatTools, max_output_tokens, seed: 1 };
      const body = await whole(asked);
      const isCut = body.usage.output_tokens === max_output_tokens;
      expect(body.status).toBe(isCut ? "incomplete" : "completed");
      expect(body.incomplete_details).toEqual(isCut ? { reason: "max_output_tokens" } : null);
      for (const item of body.output) if (item.type === "function_call") JSON.parse(item.arguments);
      const events = await streamed(asked);
      expect(events.at(-1).type).toBe(`response.${body.status}`);
      expect(nameless(events.at(-1).response.output)).toEqual(nameless(body.output));
      expect(joined(events)).toEqual(events.at(-1).response.output);
      for (const { type, arguments: args } of events)
        if (type === "response.function_call_arguments.done") JSON.parse(args);
    }
    const { output } = await whole({ tools: flatTools, max_output_tokens: 3 });
    expect(output).toMatchObject([{ status: "incomplete" }]);
  });

  it("follows a JSON schema, and is any object without one", async () => {
    const schema = {
      type: "object",
      properties: { name: { type: "string", maxLength: 9 }, ok: { type: "boolean" } },
      required: ["name", "ok"],
      additionalProperties: false,
    };
    const format = { type: "json_schema", name: "answer", schema, strict: true };
    for (const seed of [1, 2, 3]) {
      const asked = { model: "random", seed, text: { format }, max_output_tokens: 90 };
      const body = await whole(asked);
      expect(body.status).toBe("completed");
      expect(Object.keys(JSON.parse(body.output[0].content[0].text))).toEqual(["name", "ok"]);
      expect(body.text.format).toEqual(format);
      const events = await streamed(asked);
      expect(nameless(joined(events))).toEqual(nameless(body.output));
    }
    const any = { model: "random", seed: 5, text: { format: { type: "json_object" } } };
    const { output, status } = await whole(any);
    if (status === "completed") expect(JSON.parse(output[0].content[0].text)).toBeTypeOf("object");
    else expect(output).toMatchObject([{ status: "incomplete" }]);
  });

  it("has deltas that join to what one body has, of random weights, choices and lengths", async () => {
    const choice = fc.constantFrom<object | string>(
      "required",
      "auto",
      "none",
      ...flatTools.map(({ type, name }) => ({ type, name })),
    );
    const random = fc.record({
      seed: fc.nat(1000),
      tool_choice: choice,
      parallel_tool_calls: fc.boolean(),
      max_output_tokens: fc.integer({ min: 1, max: 60 }),
      temperature: fc.constantFrom(0, 1),
    });
    await fc.assert(
      fc.asyncProperty(random, async (given) => {
        const asked = { model: "random", tools: flatTools, ...given };
        const [body, events] = [await whole(asked), await streamed(asked)];
        expect(nameless(joined(events))).toEqual(nameless(body.output));
        const { id: _, created_at: __, output: ___, ...rest } = events.at(-1).response;
        expect(body).toMatchObject(rest);
      }),
      { numRuns: 25 },
    );
  });
});
