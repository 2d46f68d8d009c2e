import type { Tokenizer } from "@deepgrain/lm";
import { beforeAll, describe, expect, it } from "vitest";
import { encodePrompt, parseConversations, parsePrompts } from "../../src";
import { byteTokenizer } from "../support/tokenizer";

let tokenizer: Tokenizer;
beforeAll(async () => {
  tokenizer = await byteTokenizer();
});

const lines = (...rows: unknown[]) => rows.map((row) => JSON.stringify(row)).join("\n");

describe("parsePrompts", () => {
  it("reads texts and turns, and keeps other keys for the reward", () => {
    const turns = [{ role: "user", content: "2 + 2?" }];
    const [text, chat] = parsePrompts(lines({ prompt: "2 + 2 =", answer: 4 }, { prompt: turns }));
    expect(text).toMatchObject({ form: "text", prompt: "2 + 2 =", rest: { answer: 4 } });
    expect(chat).toMatchObject({ form: "messages", prompt: turns, rest: {} });
  });

  it.each([
    ["a row without a prompt", { text: "hello" }, "prompt"],
    ["an empty prompt", { prompt: "" }, "prompt"],
    ["a turn without content", { prompt: [{ role: "user" }] }, "prompt[0].content"],
  ])("names file, row and key of %s", (_, row, key) => {
    expect(() => parsePrompts(lines({ prompt: "a" }, row), { file: "p.jsonl" })).toThrow(
      expect.objectContaining({ code: "ERR_FORMAT", fields: { file: "p.jsonl", row: 2, key } }),
    );
  });
});

describe("encodePrompt", () => {
  it("ends turns where the assistant's answer begins", () => {
    const [record] = parsePrompts(lines({ prompt: [{ role: "user", content: "hello" }] }));
    const ids = encodePrompt(record!, tokenizer, { maxLength: 64 });
    expect(tokenizer.decode(ids)).toMatch(/User: hello\n\nAssistant:$/);
  });

  it("encodes texts as the tokenizer does", () => {
    const [record] = parsePrompts(lines({ prompt: "hello" }));
    expect(encodePrompt(record!, tokenizer, { maxLength: 64 })).toEqual(tokenizer.encode("hello"));
  });

  it("refuses a prompt that fills the context, naming its row", () => {
    const [record] = parsePrompts(lines({ prompt: "hello hello" }));
    const options = { maxLength: 10, maxNewTokens: 4 };
    expect(() => encodePrompt(record!, tokenizer, options)).toThrow(
      expect.objectContaining({ code: "ERR_CONTEXT", fields: expect.objectContaining({ row: 1 }) }),
    );
  });
});

describe("categories of conversations", () => {
  const messages = [
    { role: "user", content: "a" },
    { role: "assistant", content: "b" },
  ];
  it("are kept, and must be text", () => {
    const [math, none] = parseConversations(lines({ messages, category: "math" }, { messages }));
    expect([math!.category, none!.category]).toEqual(["math", undefined]);
    expect(() => parseConversations(lines({ messages, category: 1 }))).toThrow(
      expect.objectContaining({
        code: "ERR_FORMAT",
        fields: expect.objectContaining({ key: "category" }),
      }),
    );
  });
});
