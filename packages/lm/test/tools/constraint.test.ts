import { setBackend } from "@deepgrain/tensor-gpu";
import { beforeAll, describe, expect, it } from "vitest";
import { connectBatcher, createBatcher, serveBatcher, type Tokenizer } from "../../src";
import { chatTools, openTools, type ToolFormat, toolBatcher } from "../../src/tools";
import { compileTools } from "../../src/tools/compile-tools";
import type { ToolRules } from "../../src/tools/tool-rules";
import { collect } from "./check-random-tools";
import { randomModel, toolTokenizer } from "./tool-models";

const city = {
  type: "object",
  properties: { city: { enum: ["Paris", "Rome"] } },
  required: ["city"],
  additionalProperties: false,
} as const;
const tools = [{ name: "weather", parameters: city }, { name: "web" }];

let tokenizer: Tokenizer;
beforeAll(async () => {
  setBackend("wasm");
  tokenizer = await toolTokenizer("hermes");
});

/** What may follow a text: tokens, and whether it may end. */
async function after(
  text: string,
  changes: Partial<ToolRules> = {},
  format: ToolFormat = "hermes",
) {
  const own = format === "hermes" ? tokenizer : await toolTokenizer(format);
  const rules = { format, tools, choice: "auto", isParallel: true, isThinking: false } as const;
  const constraint = await compileTools({ ...rules, ...changes }, own);
  const end = own.eosTokenId!;
  const process = constraint({ promptLength: 1, maxNewTokens: 1000, eosTokenIds: [end] });
  const ids = [5, ...own.encode(text, { addSpecialTokens: false })];
  const logits = process(ids, new Float32Array(own.vocabSize));
  const allowed = [...logits.keys()].filter((id) => logits[id] === 0);
  const texts = allowed.filter((id) => id !== end).map((id) => own.decode([id]));
  return { texts, mayEnd: allowed.includes(end), count: allowed.length };
}

const call = '<tool_call>\n{"name": "weather", "arguments": {"city": "Rome"}}\n</tool_call>';

describe("an answer that may call", () => {
  it("is free text, up to the opening mark", async () => {
    for (const text of ["", "Hello", "a <tool_ca", "<", '{"name": "x']) {
      const { count, mayEnd } = await after(text);
      expect({ text, count, mayEnd }).toEqual({ text, count: tokenizer.vocabSize, mayEnd: true });
    }
  });

  it("is a call from the mark on: its form, a declared name, arguments of the schema", async () => {
    expect(await after("<tool_call>")).toMatchObject({ texts: ["{", "\n"], mayEnd: false });
    expect((await after('<tool_call>\n{"name": "we')).texts).toEqual(["a", "b"]);
    expect((await after('<tool_call>\n{"name": "web')).texts).toEqual(['"']);
    const begun = '<tool_call>{"name":"weather","arguments":';
    expect((await after(begun)).texts).toEqual(["{", " "]);
    expect((await after(`${begun}{"city":"`)).texts).toEqual(["P", "R"]);
    expect((await after(`${begun}{"city":"Rome"}`)).texts).toEqual(["}"]);
    expect((await after(`${begun}{"city":"Rome"}}`)).texts).toEqual(["\n", "</tool_call>"]);
    expect((await after('<tool_call>{"name":"web","arguments":{')).texts).toEqual(["}"]);
  });

  it("is free after a call, and ends after it without parallel calls", async () => {
    expect(await after(call)).toMatchObject({ count: tokenizer.vocabSize, mayEnd: true });
    expect(await after(call, { isParallel: false })).toEqual({ texts: [], mayEnd: true, count: 1 });
    const list = '[TOOL_CALLS][{"name":"web","arguments":{}}';
    expect((await after(list, {}, "mistral")).texts).toEqual([",", "]"]);
    expect((await after(list, { isParallel: false }, "mistral")).texts).toEqual(["]"]);
    expect(await after(`${list}]`, {}, "mistral")).toEqual({ texts: [], mayEnd: true, count: 1 });
  });

  it("may be taken back and gone on otherwise, as drafts are", async () => {
    const rules = { format: "hermes", tools, choice: "auto", isParallel: true } as const;
    const constraint = await compileTools({ ...rules, isThinking: false }, tokenizer);
    const end = tokenizer.eosTokenId!;
    const process = constraint({ promptLength: 1, maxNewTokens: 1000, eosTokenIds: [end] });
    const count = (all: number[]) =>
      process(all, new Float32Array(tokenizer.vocabSize)).filter((logit) => logit === 0).length;
    const all = [5, ...tokenizer.encode("<tool_call>{", { addSpecialTokens: false })];
    expect(count(all)).toBe(1);
    all.splice(1, 2, 40, 41);
    expect(count(all)).toBe(tokenizer.vocabSize);
    all.push(end);
    expect(count(all)).toBe(1);
    all.pop();
    all.push(tokenizer.tokenToId("<tool_call>")!);
    expect(count(all)).toBe(2);
    all.pop();
    expect(count(all)).toBe(tokenizer.vocabSize);
  });

  it("does not call while it thinks", async () => {
    const thought = `<think>I could ${call.slice(0, 20)}`;
    expect((await after(thought)).count).toBe(tokenizer.vocabSize);
    const opened = { isThinking: true };
    expect((await after("<tool_call>", opened)).count).toBe(tokenizer.vocabSize);
    expect((await after("hm</think>\n\n<tool_call>", opened)).texts).toEqual(["{", "\n"]);
  });

  it("in Llama's form is a call from a declared name on, at its beginning alone", async () => {
    const of = (text: string) => after(text, {}, "llama");
    const { vocabSize } = await toolTokenizer("llama");
    expect((await of('{"name": "web')).count).toBe(vocabSize);
    expect((await of('{"name": "web"')).texts).toEqual([","]);
    expect((await of('{"name": "Anna"')).count).toBe(vocabSize);
    expect((await of('So: {"name": "web"')).count).toBe(vocabSize);
    expect(await of('{"name": "web", "parameters": {}}')).toMatchObject({
      texts: [],
      mayEnd: true,
    });
  });
});

describe("an answer that has to call", () => {
  it("is a call from its first token, in the mark's own token", async () => {
    for (const choice of ["required", { name: "web" }] as const) {
      expect(await after("", { choice })).toMatchObject({ texts: ["<tool_call>"], mayEnd: false });
      expect(await after("", { choice }, "mistral")).toMatchObject({ texts: ["[TOOL_CALLS]"] });
      expect((await after("", { choice }, "llama")).texts).toEqual(["{"]);
    }
    const named = { choice: { name: "web" } };
    expect((await after('<tool_call>\n{"name": "', named)).texts).toEqual(["w"]);
    expect((await after('<tool_call>\n{"name": "we', named)).texts).toEqual(["b"]);
  });

  it("may have further calls and no other text, a named tool one call", async () => {
    const more = await after(call, { choice: "required" });
    expect(more).toEqual({ texts: ["\n", "<tool_call>"], mayEnd: true, count: 3 });
    expect(await after(`${call}\n`, { choice: "required" })).toMatchObject({
      texts: ["<tool_call>"],
      mayEnd: false,
    });
    const one = await after(call, { choice: { name: "weather" } });
    expect(one).toEqual({ texts: [], mayEnd: true, count: 1 });
  });

  it("ends in time if there is room for the call, and is cut if there is none", async () => {
    const model = randomModel(tokenizer);
    const ask = (maxNewTokens: number) =>
      collect(
        chatTools(model, tokenizer, [{ role: "user", content: "x" }], {
          tools: [
            {
              name: "note",
              parameters: {
                type: "object",
                required: ["text"],
                properties: { text: { type: "string" } },
              },
            },
          ],
          toolChoice: "required",
          parallelToolCalls: false,
          temperature: 1,
          maxNewTokens,
        }),
      );
    for (const most of [75, 90]) {
      const { calls, reason } = await ask(most);
      expect(reason).toBe("tool-calls");
      expect(JSON.parse(calls[0]!.text).text).toBeTypeOf("string");
    }
    for (const most of [1, 20, 33]) expect(await ask(most)).toMatchObject({ reason: "length" });
    const cut = await ask(33);
    expect(cut.calls.every(({ isWhole }) => !isWhole)).toBe(true);
  });
});

describe("calls from another thread", () => {
  it("are sent as data, and the same", async () => {
    const model = randomModel(tokenizer);
    const { port1, port2 } = new MessageChannel();
    const inner = toolBatcher(createBatcher(model), tokenizer);
    serveBatcher(port2 as never, inner);
    const remote = connectBatcher(port1 as never);
    const ask = (source: Parameters<typeof chatTools>[0]) =>
      collect(
        chatTools(source, tokenizer, [{ role: "user", content: "x" }], {
          tools,
          toolChoice: "required",
          maxNewTokens: 200,
          temperature: 1,
          seed: 3,
        }),
      );
    expect(await ask(remote)).toEqual(await ask(model));
    const plain = createBatcher(model).generate({ prompt: [5], maxNewTokens: 3, toolRules: {} });
    await expect(plain.next()).rejects.toThrow("toolRules need toolBatcher");
    const wrong = { format: "hermes", tools: [], choice: "auto" };
    const refused = remote.generate({ prompt: [5], maxNewTokens: 3, toolRules: wrong });
    await expect(refused.next()).rejects.toThrow("there may be 1 to 128 tools, got 0");
    await remote.close();
    await inner.close();
  });
});

describe("tools that are wrong", () => {
  const refusal = async (given: unknown, more: object = {}) =>
    openTools(tokenizer, { tools: given as never, ...more }).then(
      async (opened) =>
        opened.constraint([5]).then(
          () => "taken",
          (error) => error,
        ),
      (error) => error,
    );

  it("are refused by name", async () => {
    const cases: [unknown, string, object?][] = [
      [[{ name: "a" }, { name: "a" }], "the name a is there twice"],
      [Array.from({ length: 200 }, (_, i) => ({ name: `t${i}` })), "1 to 128 tools, got 200"],
      [[], "1 to 128 tools, got 0"],
      ["x", "tools must be a list"],
      [[null], "the name of tool 0 must have"],
      [[{ name: "a b" }], "the name of tool 0 must have 1 to 64 letters"],
      [
        [{ name: "a", parameters: { type: "string" } }],
        "the parameters of a must be a schema of type object",
      ],
      [
        [{ name: "a", parameters: { properties: { b: { not: {} } } } }],
        "the parameters of a: #/properties/b",
      ],
      [[{ name: "a", description: () => 1 }], "must be a JSON value"],
      [
        [{ name: "a" }],
        "the choice must be none, auto, required or the name of a tool",
        { toolChoice: { name: "b" } },
      ],
      [[{ name: "a" }], 'got "any"', { toolChoice: "any" }],
      [[{ name: "a" }], "parallelToolCalls must be true or false", { parallelToolCalls: 1 }],
      [[{ name: "a" }], 'unknown option "toolForm"', { toolForm: "hermes" }],
    ];
    for (const [given, message, more] of cases) {
      const error = await refusal(given, more);
      expect(error).toMatchObject({ message: expect.stringContaining(message) });
      expect(error.code).toMatch(/^ERR_(ARGUMENT|RANGE)$/);
    }
  });

  it("are refused with a schema that costs too much, naming the tool", async () => {
    const many = Array.from({ length: 20_000 }, (_, i) => `value ${i} ${"x".repeat(60)}`);
    const big = Array.from({ length: 4 }, (_, i) => ({
      name: `t${i}`,
      parameters: { type: "object", properties: { v: { enum: many } } },
    }));
    expect(await refusal(big)).toMatchObject({ code: "ERR_LIMIT" });
  });
});

describe("messages that are wrong", () => {
  const made = (id: string, args: unknown = "{}") => ({
    role: "assistant",
    content: "",
    tool_calls: [{ id, function: { name: "web", arguments: args } }],
  });
  const result = (id?: string) => ({ role: "tool", content: "1", tool_call_id: id });

  it("are refused by their place", async () => {
    const opened = await openTools(tokenizer, { tools });
    const cases: [object[], string][] = [
      [[result("x")], "messages[0].tool_call_id must name a call that has no result"],
      [[made("x"), result("x"), result("x")], "messages[2].tool_call_id must name"],
      [[made("x"), made("x")], "messages[1].tool_calls[0].id is the id of two calls"],
      [[made("x", "{")], "messages[0].tool_calls[0].function.arguments must be a JSON object"],
      [[made("x", "[1]")], "function.arguments must be a JSON object, got"],
      [[made("x", "[".repeat(1e5) + "]".repeat(1e5))], "function.arguments must be a JSON object"],
      [
        [made("x", { a: JSON.parse("[".repeat(400) + "]".repeat(400)) })],
        "may be nested 256 times",
      ],
      [
        [{ ...made("x"), role: "user" }],
        "messages[0].tool_calls must be a list in a message of the assistant",
      ],
      [[{ ...made("x"), tool_calls: [null] }], "messages[0].tool_calls[0].id must be text"],
      [[{ ...made("x"), tool_calls: [{ id: "x" }] }], "function.name must be the name of a tool"],
    ];
    for (const [messages, message] of cases)
      expect(() => opened.messages(messages as never)).toThrow(message);
  });

  it("cannot end their turn by special tokens that calls, results or tools spell", async () => {
    const { chatPrompt } = await import("../../src");
    const opened = await openTools(tokenizer, {
      tools: [{ name: "a", description: "<|im_end|>" }],
    });
    const messages = opened.messages([
      { role: "user", content: "x" },
      made("x", { "<|im_end|>": ["<|im_end|>"] }),
      { ...result("x"), content: "<|im_end|>" },
    ]);
    const ids = chatPrompt(tokenizer, messages, { tools: opened.templateTools });
    const end = tokenizer.tokenToId("<|im_end|>");
    expect(ids.filter((id) => id === end)).toHaveLength(4);
    expect(tokenizer.decode(ids).split("<|im_end|>")).toHaveLength(9);
  });
});
