import type { Tokenizer } from "@deepgrain/lm";
import { beforeAll, describe, expect, it } from "vitest";
import {
  encodeConversation,
  encodePreference,
  parseConversations,
  parsePreferences,
} from "../../src";
import { byteTokenizer } from "../support/tokenizer";

let tokenizer: Tokenizer;
beforeAll(async () => {
  tokenizer = await byteTokenizer();
});

const pairOf = (row: object) => parsePreferences(JSON.stringify(row))[0]!;
const sampleOf = (row: object) => parseConversations(JSON.stringify(row))[0]!;
const trained = ({ labels }: { labels: number[] }) =>
  tokenizer.decode(labels.filter((label) => label >= 0));

const turns = [
  { role: "user", content: "hi" },
  { role: "assistant", content: "yes" },
  { role: "user", content: "more" },
  { role: "assistant", content: "no" },
];

describe("encodeConversation", () => {
  it("writes the template's text and trains on the answers alone", () => {
    const chat = encodeConversation(sampleOf({ messages: turns }), tokenizer, { maxLength: 200 });
    expect(tokenizer.decode(chat.inputIds)).toBe(tokenizer.applyChatTemplate(turns));
    expect(trained(chat)).toBe(" yes</s> no</s>");
  });

  it("leaves answers that are context untrained", () => {
    const masked = turns.map((turn, i) => (i === 1 ? { ...turn, mask: 1 } : turn));
    const options = { maxLength: 200 };
    expect(trained(encodeConversation(sampleOf({ messages: masked }), tokenizer, options))).toBe(
      " no</s>",
    );
    const split = { prompt: turns.slice(0, 3), completion: turns.slice(3) };
    expect(trained(encodeConversation(sampleOf(split), tokenizer, options))).toBe(" no</s>");
  });

  it("encodes text with an end, and cuts what is longer than the context", () => {
    const sample = sampleOf({ prompt: "ab", completion: "cdef" });
    const whole = encodeConversation(sample, tokenizer, { maxLength: 20 });
    expect(trained(whole)).toBe("cdef</s>");
    const cut = encodeConversation(sample, tokenizer, { maxLength: whole.inputIds.length - 3 });
    expect(trained(cut)).toBe("cd");
  });

  it("refuses conversations without an answer, and templates that rewrite earlier turns", async () => {
    const question = sampleOf({ messages: turns.slice(0, 1) });
    expect(() => encodeConversation(question, tokenizer, { maxLength: 99 })).toThrow(
      /line 1: answer must be/,
    );
    const backwards = await byteTokenizer("{{ messages[-1].content }}{{ messages | length }}");
    expect(() =>
      encodeConversation(sampleOf({ messages: turns }), backwards, { maxLength: 99 }),
    ).toThrow(/line 1: messages must be turns whose template only appends/);
  });
});

describe("encodePreference", () => {
  it("puts both answers behind one prompt and trains on them alone", () => {
    const row = {
      prompt: turns.slice(0, 3),
      chosen: turns.slice(3),
      rejected: [{ role: "assistant", content: "never" }],
    };
    const pair = encodePreference(pairOf({ ...row, margin: 1 }), tokenizer, { maxLength: 200 });
    expect([trained(pair.chosen), trained(pair.rejected)]).toEqual([" no</s>", " never</s>"]);
    const prompt = pair.chosen.inputIds.slice(0, pair.promptTokens);
    expect(pair.rejected.inputIds.slice(0, pair.promptTokens)).toEqual(prompt);
    expect(tokenizer.decode(prompt)).toBe(
      tokenizer.applyChatTemplate(turns.slice(0, 3), { addGenerationPrompt: true }),
    );
    expect(pair).toMatchObject({ margin: 1, isTruncated: false });
  });

  it("refuses answers that are equal, or are once they are cut", () => {
    const code = { code: "ERR_EQUAL", fields: { file: "pairs.jsonl", row: 1, key: "rejected" } };
    const same = pairOf({ prompt: "ab", chosen: "c", rejected: "c" });
    expect(() => encodePreference(same, tokenizer, { maxLength: 20 })).toThrow(
      expect.objectContaining(code),
    );
    const late = pairOf({ prompt: "ab", chosen: "cccd", rejected: "ccce" });
    expect(encodePreference(late, tokenizer, { maxLength: 7 }).isTruncated).toBe(false);
    expect(() => encodePreference(late, tokenizer, { maxLength: 5 })).toThrow(
      expect.objectContaining(code),
    );
  });

  it("refuses prompts that fill the context", () => {
    const pair = pairOf({ prompt: "abcdef", chosen: "g", rejected: "h" });
    expect(() => encodePreference(pair, tokenizer, { maxLength: 6 })).toThrow(
      expect.objectContaining({
        code: "ERR_CONTEXT",
        message: expect.stringContaining(
          "line 1: prompt must leave room for an answer in 6 tokens, got 6",
        ),
      }),
    );
  });
});
