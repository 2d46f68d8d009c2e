import { connectBatcher, createBatcher, serveBatcher } from "@deepgrain/lm";
import { toolBatcher } from "@deepgrain/lm/tools";
import { setBackend } from "@deepgrain/tensor-gpu";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createHandler, type Handler, markBatcher } from "../../src";
import { ask, chunksOf, type Json, metric, post } from "../support/ask";
import { problemsOf } from "../support/openai-schemas";
import { agent, randomModel, scripted, tools, toolTokenizer, written } from "../support/tools";

let handler: Handler;
beforeAll(async () => {
  setBackend("wasm");
  const tokenizer = await toolTokenizer();
  const liar = (prompt: string) =>
    prompt.includes("invent")
      ? '{"name": "rain", "arguments": {}} <tool_cal'
      : `<think>${written("add", { a: 1, b: 1 })}</think>\n\n${written("add", { a: 1, b: 2 })}`;
  handler = createHandler({
    agent: await scripted(agent),
    liar: await scripted(liar),
    random: { tokenizer, model: randomModel(tokenizer) },
  });
});
afterAll(async () => {
  expect(await metric(handler, "running_sequences")).toBe(0);
  await handler.close();
});

const messages = [{ role: "user", content: "Hot?" }];
const chat = (more: object) =>
  post("/v1/chat/completions", { model: "agent", messages, tools, max_tokens: 300, ...more });

/** The messages that a stream's chunks come to, by choice. */
function joined(chunks: Json[], index = 0) {
  const own = chunks.flatMap(({ choices }) => choices).filter((one) => one.index === index);
  const calls: { name: string; arguments: string }[] = [];
  let content = "";
  let reasoning = "";
  for (const { delta } of own) {
    content += delta.content ?? "";
    reasoning += delta.reasoning_content ?? "";
    for (const call of delta.tool_calls ?? []) {
      if (call.function.name) calls[call.index] = { name: call.function.name, arguments: "" };
      calls[call.index]!.arguments += call.function.arguments;
    }
  }
  return { content, reasoning, calls, reason: own.at(-1).finish_reason };
}

const callsOf = ({ tool_calls = [] }: Json) => tool_calls.map((call: Json) => call.function);

describe("tools", () => {
  it("are called, of the published schemas, whole and in deltas that join to the same", async () => {
    const { status, body } = await ask(handler, chat({}));
    expect({ status, body }).toMatchObject({ status: 200 });
    expect(problemsOf("CreateChatCompletionResponse", body)).toEqual([]);
    const [{ message, finish_reason }] = body.choices;
    expect(finish_reason).toBe("tool_calls");
    expect(message.content).toBe("I look.");
    expect(callsOf(message)).toEqual([
      { name: "weather", arguments: '{"city":"Rome"}' },
      { name: "add", arguments: '{"a":2,"b":3}' },
    ]);
    const chunks = await chunksOf(await handler(chat({ stream: true })));
    for (const chunk of chunks)
      expect(problemsOf("CreateChatCompletionStreamResponse", chunk)).toEqual([]);
    const { content, calls, reason } = joined(chunks);
    expect({ content, calls, reason }).toEqual({
      content: message.content,
      calls: callsOf(message),
      reason: "tool_calls",
    });
    expect(new Set(message.tool_calls.map(({ id }: Json) => id)).size).toBe(2);
  });

  it("of random weights follow their schemas where a call is required, whole and in deltas", async () => {
    for (const [seed, more] of [
      { tool_choice: "required" },
      { tool_choice: { type: "function", function: { name: "add" } } },
      { tool_choice: "required", parallel_tool_calls: false },
    ].entries()) {
      const asked = { model: "random", n: 2, seed, ...more };
      const { body } = await ask(handler, chat(asked));
      expect(problemsOf("CreateChatCompletionResponse", body)).toEqual([]);
      const chunks = await chunksOf(await handler(chat({ ...asked, stream: true })));
      for (const { index, message, finish_reason } of body.choices) {
        const calls = callsOf(message);
        expect(message.content ?? "").toBe("");
        if (seed > 0) expect(calls).toHaveLength(1);
        for (const one of calls) {
          const value = JSON.parse(one.arguments);
          if (seed === 1 || one.name === "add") expect(value.a + value.b).toBeTypeOf("number");
          else expect(Array.from(value.city).length).toBeLessThan(13);
        }
        const own = joined(chunks, index);
        expect(own.reason).toBe(finish_reason);
        expect(own.calls.slice(0, calls.length)).toEqual(calls);
      }
    }
  });

  it("are not given where the choice is none", async () => {
    const { body } = await ask(handler, chat({ tool_choice: "none", max_tokens: 20 }));
    const plain = await ask(handler, chat({ tools: undefined, max_tokens: 20 }));
    expect(body.usage).toEqual(plain.body.usage);
    expect(body.choices[0].message).not.toHaveProperty("tool_calls");
  });

  it("have results in the history, by their ids, however these are written", async () => {
    const tool_calls = ["x", "y-2"].map((id, i) => ({
      id,
      type: "function",
      function: { name: tools[i]!.function.name, arguments: i === 0 ? '{"city":"Rome"}' : "" },
    }));
    const history = [
      ...messages,
      { role: "assistant", content: null, tool_calls, reasoning_content: "hm" },
      { role: "tool", tool_call_id: "y-2", content: "5" },
      { role: "tool", tool_call_id: "x", content: [{ type: "text", text: "30 °C" }] },
    ];
    for (const more of [{}, { tools: undefined }, { tool_choice: "none" }]) {
      const { body } = await ask(handler, chat({ messages: history, ...more }));
      const [{ message, finish_reason }] = body.choices;
      expect(message.content).toBe("It is 5 and 30 °C.");
      expect(finish_reason).toBe("stop");
    }
  });

  it("that are cut are no calls: the reason is length, and half an object is never one", async () => {
    for (let max_tokens = 1; max_tokens < 150; max_tokens += 24) {
      const { body } = await ask(handler, chat({ max_tokens }));
      const [{ message, finish_reason }] = body.choices;
      for (const { arguments: args } of callsOf(message)) JSON.parse(args);
      expect(finish_reason).toBe(
        body.usage.completion_tokens < max_tokens ? "tool_calls" : "length",
      );
      const chunks = await chunksOf(await handler(chat({ max_tokens, stream: true })));
      expect(joined(chunks).reason).toBe(finish_reason);
    }
  });

  it("that a model invents are text, and those between the marks of thinking are reasoning", async () => {
    const invent = { model: "liar", messages: [{ role: "user", content: "invent" }] };
    const { body } = await ask(handler, chat(invent));
    expect(body.choices[0]).toMatchObject({
      finish_reason: "stop",
      message: { content: '{"name": "rain", "arguments": {}} <tool_cal' },
    });
    const thought = await ask(handler, chat({ model: "liar" }));
    const [{ message }] = thought.body.choices;
    expect(message).toMatchObject({
      content: null,
      reasoning_content: written("add", { a: 1, b: 1 }),
    });
    expect(callsOf(message)).toEqual([{ name: "add", arguments: '{"a":1,"b":2}' }]);
    const { reasoning } = joined(
      await chunksOf(await handler(chat({ model: "liar", stream: true }))),
    );
    expect(reasoning).toBe(message.reasoning_content);
  });

  it("are called by a model on another thread, and beside a watermark", async () => {
    const tokenizer = await toolTokenizer();
    const model = randomModel(tokenizer);
    const { port1, port2 } = new MessageChannel();
    const inner = toolBatcher(createBatcher(model), tokenizer);
    const mark = {
      profile: { scheme: "none" },
      createProcessor: () => (_: unknown, own: Float32Array) => own,
    };
    serveBatcher(port2 as never, markBatcher(inner, mark as never));
    const remote = connectBatcher(port1 as never);
    const other = createHandler({ agent: { tokenizer, batcher: remote, contextLength: 2048 } });
    const asked = { tool_choice: "required", seed: 4 };
    const [there, here] = [
      await ask(other, chat(asked)),
      await ask(handler, chat({ ...asked, model: "random" })),
    ];
    expect(there.status).toBe(200);
    expect(callsOf(there.body.choices[0].message)).toEqual(callsOf(here.body.choices[0].message));
    await other.close();
    await remote.close();
    await inner.close();
  });
});

describe("a request for tools that is wrong", () => {
  const named = (name: string, parameters?: object) => ({
    type: "function",
    function: { name, parameters },
  });
  const call = (id: string, args: string) => ({
    id,
    type: "function",
    function: { name: "add", arguments: args },
  });
  const made = (id = "x", args = "{}") => ({
    role: "assistant",
    content: "",
    tool_calls: [call(id, args)],
  });
  const result = { role: "tool", content: "1", tool_call_id: "x" };
  const cases: [what: string, body: object, param: string, message: string][] = [
    ["no list", { tools: {} }, "tools", "must be a list"],
    [
      "200 tools",
      { tools: Array.from({ length: 200 }, (_, i) => named(`t${i}`)) },
      "tools",
      "128 entries, got 200",
    ],
    ["a name twice", { tools: [named("a"), named("a")] }, "tools[1].function.name", "there twice"],
    ["a name with spaces", { tools: [named("a b")] }, "tools[0].function.name", "1 to 64 letters"],
    ["another type", { tools: [{ type: "custom" }] }, "tools[0].type", "must be function"],
    ["an unknown field", { tools: [{ ...named("a"), x: 1 }] }, "tools[0].x", "no field"],
    [
      "parameters of another type",
      { tools: [named("a", { type: "string" })] },
      "tools",
      "parameters of a",
    ],
    [
      "a schema that is refused",
      { tools: [named("a", { properties: { b: { not: {} } } })] },
      "tools",
      "parameters of a: #/properties/b",
    ],
    ["an unknown choice", { tool_choice: "any" }, "tool_choice", "must be none, auto, required"],
    ["a choice of no tool", { tool_choice: named("c") }, "tool_choice", "there is no tool c"],
    [
      "parallel calls of another type",
      { parallel_tool_calls: 1 },
      "parallel_tool_calls",
      "true or false",
    ],
    [
      "a schema beside tools",
      { response_format: { type: "json_object" } },
      "response_format",
      "exclude each other",
    ],
    ["scores beside tools", { logprobs: true }, "logprobs", "exclude each other"],
    [
      "a result for no call",
      { messages: [...messages, result] },
      "messages[1].tool_call_id",
      "no result",
    ],
    [
      "two results",
      { messages: [made(), result, result] },
      "messages[2].tool_call_id",
      "no result",
    ],
    [
      "arguments that are no JSON",
      { messages: [made("x", "{a")] },
      "messages[0].tool_calls[0].function.arguments",
      "JSON object",
    ],
    [
      "arguments that are a list",
      { messages: [made("x", "[]")] },
      "messages[0].tool_calls[0].function.arguments",
      "JSON object",
    ],
    [
      "arguments of a million brackets",
      { messages: [made("x", "[".repeat(1e6))] },
      "messages[0].tool_calls[0].function.arguments",
      "JSON object",
    ],
    [
      "arguments without end",
      { messages: [made("x", `{"a":"${"b".repeat(3e6)}"}`)] },
      "messages",
      "more than 2097152 bytes",
    ],
    [
      "calls of a user",
      { messages: [{ ...made(), role: "user" }] },
      "messages[0].tool_calls",
      "not supported",
    ],
    [
      "an id of another type",
      { messages: [{ ...made(), tool_calls: [{ ...call("x", "{}"), id: 1 }] }] },
      "messages[0].tool_calls[0].id",
      "must be a string",
    ],
    ["functions", { functions: [{ name: "a" }] }, "functions", "use tools"],
  ];

  it.each(cases)("is 400 and names its field: %s", async (_, body, param, message) => {
    const { status, body: answer } = await ask(handler, chat(body));
    expect({ status, param: answer.error.param }).toEqual({ status: 400, param });
    expect(answer.error.message).toContain(message);
    expect(answer.error.message).not.toContain("lm/");
  });

  it("is 400 for a choice that needs tools where there are none", async () => {
    const { status, body } = await ask(handler, chat({ tools: [], tool_choice: "required" }));
    expect({ status, param: body.error.param }).toEqual({ status: 400, param: "tool_choice" });
  });
});
