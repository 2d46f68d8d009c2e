import { describe, expect, it } from "vitest";
import { chatPrompt } from "../../src";
import { openTools, type ToolEvent, type ToolFormat, toolFormats } from "../../src/tools";
import { toolFormatOf } from "../../src/tools/tool-form-of";
import { templates } from "./templates";
import { toolTokenizer } from "./tool-models";

const tools = [
  { name: "weather", parameters: { type: "object", properties: { city: { type: "string" } } } },
  { name: "time" },
];

/** Answers with two calls (Llama: one), as the published templates write them in a conversation. */
const answers: Record<ToolFormat, string> = {
  hermes:
    'Let me see.\n<tool_call>\n{"name": "weather", "arguments": {"city": "Köln"}}\n</tool_call>\n<tool_call>\n{"name": "time", "arguments": {}}\n</tool_call>',
  llama: '{"name": "weather", "parameters": {"city": "Köln"}}',
  mistral:
    '[TOOL_CALLS] [{"name": "weather", "arguments": {"city": "Köln"}}, {"name": "time", "arguments": {}}]',
  deepseek:
    '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>weather\n```json\n{"city": "Köln"}\n```<｜tool▁call▁end｜>\n<｜tool▁call▁begin｜>function<｜tool▁sep｜>time\n```json\n{}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
  granite:
    '<|tool_call|>[{"name": "weather", "arguments": {"city": "Köln"}}, {"name": "time", "arguments": {}}]',
};

/** The conversation with that answer, its results and a question before it, as each template writes it. */
const rendered: Record<ToolFormat, string> = {
  hermes: `<|im_start|>system
Tools:
{"type": "function", "function": {"name": "weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}}
{"type": "function", "function": {"name": "time", "parameters": {"type": "object", "properties": {}, "additionalProperties": false}}}
Call with <tool_call>{"name": NAME, "arguments": OBJECT}</tool_call><|im_end|>
<|im_start|>user
Hot?<|im_end|>
<|im_start|>assistant

<tool_call>
{"name": "weather", "arguments": {"city": "Köln"}}
</tool_call>
<tool_call>
{"name": "time", "arguments": {}}
</tool_call><|im_end|>
<|im_start|>user
<tool_response>
30
</tool_response><|im_end|>
<|im_start|>user
<tool_response>
12:00
</tool_response><|im_end|>
<|im_start|>assistant
`,
  llama: `<|start_header_id|>user<|end_header_id|>

{"type": "function", "function": {"name": "weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}}
{"type": "function", "function": {"name": "time", "parameters": {"type": "object", "properties": {}, "additionalProperties": false}}}
Hot?<|eot_id|><|start_header_id|>assistant<|end_header_id|>

{"name": "weather", "parameters": {"city": "Köln"}}<|eot_id|><|start_header_id|>ipython<|end_header_id|>

30<|eot_id|><|start_header_id|>assistant<|end_header_id|>

`,
  mistral: `[AVAILABLE_TOOLS] [{"type": "function", "function": {"name": "weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}}, {"type": "function", "function": {"name": "time", "parameters": {"type": "object", "properties": {}, "additionalProperties": false}}}][/AVAILABLE_TOOLS][INST] Hot?[/INST][TOOL_CALLS] [{"name": "weather", "arguments": {"city": "Köln"}, "id": "call00000"}, {"name": "time", "arguments": {}, "id": "call00001"}]</s>[TOOL_RESULTS] {"content": 30, "call_id": "call00000"}[/TOOL_RESULTS][TOOL_RESULTS] {"content": 12:00, "call_id": "call00001"}[/TOOL_RESULTS]`,
  deepseek: `[{"type": "function", "function": {"name": "weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}}, {"type": "function", "function": {"name": "time", "parameters": {"type": "object", "properties": {}, "additionalProperties": false}}}]<｜User｜>Hot?<｜Assistant｜><｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>weather
\`\`\`json
{"city":"Köln"}
\`\`\`<｜tool▁call▁end｜>
<｜tool▁call▁begin｜>function<｜tool▁sep｜>time
\`\`\`json
{}
\`\`\`<｜tool▁call▁end｜><｜tool▁calls▁end｜></s><｜tool▁outputs▁begin｜>30<｜tool▁outputs▁end｜><｜tool▁outputs▁begin｜>12:00<｜tool▁outputs▁end｜><｜Assistant｜>`,
  granite: `<|start_of_role|>tools<|end_of_role|>[{"type": "function", "function": {"name": "weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}}, {"type": "function", "function": {"name": "time", "parameters": {"type": "object", "properties": {}, "additionalProperties": false}}}]
<|start_of_role|>user<|end_of_role|>Hot?</s>
<|start_of_role|>assistant<|end_of_role|><|tool_call|>[{"name": "weather", "arguments": {"city": "Köln"}}, {"name": "time", "arguments": {}}]</s>
<|start_of_role|>tool_response<|end_of_role|>30</s>
<|start_of_role|>tool_response<|end_of_role|>12:00</s>
<|start_of_role|>assistant<|end_of_role|>`,
};

const call = (id: string, name: string, args: unknown) => ({
  id,
  type: "function",
  function: { name, arguments: args },
});

/** Events of a text, joined as far as neighbours are alike. */
function read(reader: { push(text: string): ToolEvent[]; end(): ToolEvent[] }, parts: string[]) {
  const events = [...parts.flatMap((part) => reader.push(part)), ...reader.end()];
  const joined: Record<string, unknown>[] = [];
  for (const event of events) {
    const last = joined.at(-1);
    if ("text" in event && last?.type === event.type) last.text = `${last.text}${event.text}`;
    else joined.push({ ...event });
  }
  return joined;
}

const called = (index: number, name: string, text: string) => [
  { type: "call-start", call: index, name },
  { type: "call-delta", call: index, text },
  { type: "call-end", call: index },
];

describe.each(toolFormats)("the form %s", (format) => {
  const isOne = format === "llama";

  it("is recognised from its template, which writes tools, calls and results", async () => {
    const tokenizer = await toolTokenizer(format);
    expect(toolFormatOf(tokenizer)).toBe(format);
    const opened = await openTools(tokenizer, { tools });
    const calls = [call("x", "weather", '{ "city": "Köln" }'), call("y", "time", {})];
    const messages = opened.messages([
      { role: "user", content: "Hot?" },
      { role: "assistant", content: "", tool_calls: isOne ? calls.slice(0, 1) : calls },
      { role: "tool", content: "30", tool_call_id: "x" },
      ...(isOne ? [] : [{ role: "tool", content: "12:00", tool_call_id: "y" }]),
    ]);
    const ids = chatPrompt(tokenizer, messages, { tools: opened.templateTools });
    expect(tokenizer.decode(ids)).toBe(rendered[format]);
  });

  it("is read, whole and sign by sign", async () => {
    const opened = await openTools(await toolTokenizer(format), { tools });
    const text = answers[format];
    const expected = [
      ...(format === "hermes" ? [{ type: "text", text: "Let me see." }] : []),
      ...called(0, "weather", '{"city": "Köln"}'),
      ...(isOne ? [] : called(1, "time", "{}")),
    ];
    expect(read(opened.read([]), [text])).toEqual(expected);
    expect(read(opened.read([]), Array.from(text))).toEqual(expected);
  });

  it("is text where a tool is invented, or the text is another one", async () => {
    const opened = await openTools(await toolTokenizer(format), { tools });
    const invented = answers[format].replaceAll("weather", "rain").replaceAll("time", "clock");
    for (const text of [
      invented,
      "<",
      "a <tool_ca",
      '{"name": "Anna"}',
      " [TOOL_CALLS]",
      "\n x ",
    ]) {
      expect(read(opened.read([]), [text])).toEqual([{ type: "text", text }]);
      expect(read(opened.read([]), Array.from(text))).toEqual([{ type: "text", text }]);
    }
  });

  it("is not read inside of what the model thinks", async () => {
    const opened = await openTools(await toolTokenizer(format), { tools });
    const text = `<think>\nHm, ${answers[format]}? No.\n</think>\n\n${answers[format]}`;
    const events = read(opened.read([]), Array.from(text));
    expect(events[0]).toEqual({ type: "reasoning", text: `Hm, ${answers[format]}? No.` });
    expect(events.filter(({ type }) => type === "call-end")).toHaveLength(isOne ? 1 : 2);
  });

  it("is no call where it is cut", async () => {
    const opened = await openTools(await toolTokenizer(format), { tools });
    const text = answers[format];
    const end = text.indexOf("Köln");
    const events = read(opened.read([]), [text.slice(0, end)]);
    expect(events.some(({ type }) => type === "call-start")).toBe(true);
    expect(events.some(({ type }) => type === "call-end")).toBe(false);
  });
});

describe("a template", () => {
  const tokenizerOf = async (template: string) => {
    const { createTokenizer, trainBpe } = await import("../../src");
    const tokenizer = await trainBpe(["a"], { vocabSize: 257, specialTokens: ["</s>"] });
    return createTokenizer({ tokenizer, config: { eos_token: "</s>", chat_template: template } });
  };

  it("that takes no tools is refused, whatever form is named", async () => {
    const tokenizer = await tokenizerOf('{{ messages[0].content }} <tool_call> "arguments" tools');
    const refused = {
      code: "ERR_MISSING",
      message: "lm/tools: the model's chat template takes no tools",
    };
    expect(() => toolFormatOf(tokenizer)).toThrow(expect.objectContaining(refused));
    expect(() => toolFormatOf(tokenizer, { toolFormat: "hermes" })).toThrow("takes no tools");
  });

  it("of no known form is refused with the five names, unless a form is named", async () => {
    const tokenizer = await tokenizerOf("{{ tools }}<tool_call><function=f>");
    expect(() => toolFormatOf(tokenizer)).toThrow("hermes, llama, mistral, deepseek, granite");
    expect(toolFormatOf(tokenizer, { toolFormat: "mistral" })).toBe("mistral");
    expect(() => toolFormatOf(tokenizer, { toolFormat: "xml" as never })).toThrow(
      "must be one of hermes, llama, mistral, deepseek, granite, got xml",
    );
  });

  it("named tool_use is the one for tools", async () => {
    const { createTokenizer, trainBpe } = await import("../../src");
    const json = await trainBpe(["a"], { vocabSize: 257, specialTokens: ["</s>"] });
    const chat_template = [
      { name: "default", template: "plain" },
      { name: "tool_use", template: templates.hermes },
    ];
    const tokenizer = await createTokenizer({
      tokenizer: json,
      config: { eos_token: "</s>", chat_template },
    });
    expect(toolFormatOf(tokenizer)).toBe("hermes");
    const opened = await openTools(tokenizer, { tools });
    const messages = [{ role: "user", content: "Hot?" }];
    const decoded = (options: object) => tokenizer.decode(chatPrompt(tokenizer, messages, options));
    expect(decoded({ tools: opened.templateTools })).toContain("Call with");
    expect(decoded({})).toBe("plain");
  });
});
