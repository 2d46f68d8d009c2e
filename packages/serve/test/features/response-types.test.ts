/** @file Responses and their events have exactly the fields of values that are assignable to the types of `openai`. */
import { setBackend } from "@deepgrain/tensor-gpu";
import type OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createHandler, type Handler } from "../../src";
import { ask, post } from "../support/ask";
import { eventsOf, flatTools } from "../support/responses";
import { scripted, written } from "../support/tools";

type Response = Omit<OpenAI.Responses.Response, "output_text">; // which the client adds
type Event = OpenAI.Responses.ResponseStreamEvent;

const text: string = expect.any(String);
const number: number = expect.any(Number);
const args = '{"a":1,"b":2}';
const [, add] = flatTools;

const reasoning: OpenAI.Responses.ResponseReasoningItem = {
  id: text,
  type: "reasoning",
  status: "completed",
  summary: [{ type: "summary_text", text: "hm" }],
};
const part: OpenAI.Responses.ResponseOutputText = {
  type: "output_text",
  text: "So.",
  annotations: [],
  logprobs: [],
};
const message: OpenAI.Responses.ResponseOutputMessage = {
  id: text,
  type: "message",
  status: "completed",
  role: "assistant",
  content: [part],
};
const call: OpenAI.Responses.ResponseFunctionToolCall = {
  id: text,
  type: "function_call",
  status: "completed",
  call_id: text,
  name: "add",
  arguments: args,
};
const begun: Response = {
  id: text,
  object: "response",
  created_at: number,
  model: "thinker",
  status: "in_progress",
  error: null,
  incomplete_details: null,
  instructions: null,
  max_output_tokens: 200,
  metadata: {},
  parallel_tool_calls: true,
  reasoning: { effort: null, summary: null },
  temperature: 1,
  text: { format: { type: "text" } },
  tool_choice: "auto",
  tools: [{ description: null, ...add!, strict: true }],
  top_p: 1,
  background: false,
  previous_response_id: null,
  truncation: "disabled",
  output: [],
};
const usage: OpenAI.Responses.ResponseUsage = {
  input_tokens: number,
  input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
  output_tokens: number,
  output_tokens_details: { reasoning_tokens: number },
  total_tokens: number,
};
const whole: Response = {
  ...begun,
  status: "completed",
  output: [reasoning, message, call],
  usage,
};

/** An event without its number, which is its place. */
type Unnumbered<T> = T extends unknown ? Omit<T, "sequence_number"> : never;

describe("responses are assignable to openai's types", () => {
  let handler: Handler;
  beforeAll(async () => {
    setBackend("wasm");
    const script = () => `<think>hm</think>So.\n${written("add", { a: 1, b: 2 })}`;
    handler = createHandler({ thinker: await scripted(script) }, { doors: ["responses"] });
  });
  afterAll(() => handler?.close());

  const request = (more: object) => {
    const asked = { model: "thinker", input: "Well?", tools: [add], max_output_tokens: 200 };
    return post("/v1/responses", { ...asked, ...more });
  };

  it("as one body", async () => {
    expect((await ask(handler, request({}))).body).toEqual(whole);
  });

  it("as events", async () => {
    const item_id = text;
    const at = (output_index: number) => ({ item_id, output_index });
    const summary_part: { type: "summary_text"; text: string } = { type: "summary_text", text: "" };
    const wanted: Unnumbered<Event>[] = [
      { type: "response.created", response: begun as OpenAI.Responses.Response },
      { type: "response.in_progress", response: begun as OpenAI.Responses.Response },
      {
        type: "response.output_item.added",
        output_index: 0,
        item: { ...reasoning, status: "in_progress", summary: [] },
      },
      {
        type: "response.reasoning_summary_part.added",
        ...at(0),
        summary_index: 0,
        part: summary_part,
      },
      {
        type: "response.reasoning_summary_text.delta",
        ...at(0),
        summary_index: 0,
        delta: text,
      },
      {
        type: "response.reasoning_summary_text.done",
        ...at(0),
        summary_index: 0,
        text: "hm",
      },
      {
        type: "response.reasoning_summary_part.done",
        ...at(0),
        summary_index: 0,
        part: { ...summary_part, text: "hm" },
      },
      { type: "response.output_item.done", output_index: 0, item: reasoning },
      {
        type: "response.output_item.added",
        output_index: 1,
        item: { ...message, status: "in_progress", content: [] },
      },
      {
        type: "response.content_part.added",
        ...at(1),
        content_index: 0,
        part: { ...part, text: "" },
      },
      {
        type: "response.output_text.delta",
        ...at(1),
        content_index: 0,
        delta: text,
        logprobs: [],
      },
      {
        type: "response.output_text.done",
        ...at(1),
        content_index: 0,
        text: "So.",
        logprobs: [],
      },
      { type: "response.content_part.done", ...at(1), content_index: 0, part },
      { type: "response.output_item.done", output_index: 1, item: message },
      {
        type: "response.output_item.added",
        output_index: 2,
        item: { ...call, status: "in_progress", arguments: "" },
      },
      { type: "response.function_call_arguments.delta", ...at(2), delta: text },
      {
        type: "response.function_call_arguments.done",
        ...at(2),
        name: "add",
        arguments: args,
      },
      { type: "response.output_item.done", output_index: 2, item: call },
      { type: "response.completed", response: whole as OpenAI.Responses.Response },
    ];
    const events = await eventsOf(await handler(request({ stream: true })));
    const once = events.filter(({ type }, i) => type !== events[i - 1]?.type);
    expect(once.map(({ sequence_number: _, ...event }) => event)).toEqual(wanted);
  });
});
