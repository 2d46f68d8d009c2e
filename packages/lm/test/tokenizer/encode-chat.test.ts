import { beforeAll, describe, expect, it } from "vitest";
import {
  createTokenizer,
  deepseekChatTemplate,
  encodeChat,
  type Tokenizer,
  trainBpe,
} from "../../src/tokenizer";

let tokenizer: Tokenizer;
beforeAll(async () => {
  const json = await trainBpe(["User: hello\n\nAssistant: hello"], {
    vocabSize: 300,
    specialTokens: ["<s>", "</s>"],
    minFrequency: 1,
  });
  const config = { bos_token: "<s>", eos_token: "</s>", chat_template: deepseekChatTemplate };
  tokenizer = await createTokenizer({ tokenizer: json, config });
});

const conversation = [
  { role: "user", content: "  hello " },
  { role: "assistant", content: "\nhi there  " },
  { role: "user", content: "again" },
  { role: "assistant", content: "yes" },
];

describe("encodeChat", () => {
  it("writes turns in DeepSeek's format and trains on the answers with their EOS", () => {
    const { inputIds, labels } = encodeChat(conversation, tokenizer);
    expect(tokenizer.decode(inputIds)).toBe(
      "<s>User: hello\n\nAssistant: hi there</s>User: again\n\nAssistant: yes</s>",
    );
    expect(labels).toHaveLength(inputIds.length);
    expect(labels[0]).toBe(tokenizer.bosTokenId);
    const trained = inputIds.filter((id, i) => i > 0 && labels[i] === id);
    expect(tokenizer.decode(trained)).toBe(" hi there</s> yes</s>");
    expect(labels.every((label, i) => label === -100 || label === inputIds[i])).toBe(true);
  });

  it("agrees with the chat template's text", () => {
    const trimmed = conversation.map((turn) => ({ ...turn, content: turn.content.trim() }));
    const { inputIds } = encodeChat(conversation, tokenizer);
    expect(tokenizer.applyChatTemplate(trimmed)).toBe(tokenizer.decode(inputIds));
    const prompt = tokenizer.applyChatTemplate(trimmed.slice(0, 3), { addGenerationPrompt: true });
    const encoded = encodeChat(conversation.slice(0, 3), tokenizer).inputIds;
    expect(tokenizer.decode(encoded)).toBe(prompt);
    expect(prompt.endsWith("Assistant:")).toBe(true);
  });

  it("leaves answers marked with mask 1 untrained", () => {
    const messages = conversation.map((turn, i) => (i === 1 ? { ...turn, mask: 1 } : turn));
    const { inputIds, labels } = encodeChat(messages, tokenizer);
    const trained = inputIds.filter((id, i) => i > 0 && labels[i] === id);
    expect(tokenizer.decode(trained)).toBe(" yes</s>");
  });

  it("puts a system text before the next turn, and labels everything when told to", () => {
    const messages = [{ role: "system", content: "Be brief." }, ...conversation.slice(0, 2)];
    const { inputIds, labels } = encodeChat(messages, tokenizer, { maskPrompt: false });
    expect(tokenizer.decode(inputIds)).toBe(
      "<s>Be brief.\n\nUser: hello\n\nAssistant: hi there</s>",
    );
    expect(labels).toEqual(inputIds);
    const alone = encodeChat([messages[0]!, { role: "assistant", content: "ok" }], tokenizer);
    expect(tokenizer.decode(alone.inputIds)).toBe("<s>Be brief.\n\nAssistant: ok</s>");
  });

  it.each([
    ["an answer first", ["assistant", "user", "assistant"]],
    ["two questions in a row", ["user", "user", "assistant"]],
    ["two answers in a row", ["user", "assistant", "assistant"]],
    ["an answer after a system text", ["system", "assistant", "user", "assistant"]],
    ["a system text in the middle", ["user", "system", "assistant"]],
  ])("agrees with the template on %s, and trains on the answers alone", (_, roles) => {
    const messages = roles.map((role, i) => ({ role, content: `text ${i}` }));
    const { inputIds, labels } = encodeChat(messages, tokenizer);
    expect(tokenizer.decode(inputIds)).toBe(tokenizer.applyChatTemplate(messages));
    const trained = inputIds.filter((id, i) => i > 0 && labels[i] === id);
    const answers = messages.filter(({ role }) => role === "assistant");
    expect(tokenizer.decode(trained)).toBe(
      answers.map(({ content }) => ` ${content}</s>`).join(""),
    );
  });

  it("rejects no messages, other roles and tokenizers without BOS or EOS", () => {
    expect(() => encodeChat([], tokenizer)).toThrow(expect.objectContaining({ code: "ERR_RANGE" }));
    expect(() => encodeChat([{ role: "tool", content: "" }], tokenizer)).toThrow(/got "tool"/);
    const bare = { encode: tokenizer.encode, bosTokenId: undefined, eosTokenId: 1 };
    expect(() => encodeChat(conversation, bare)).toThrow(
      expect.objectContaining({ code: "ERR_MISSING" }),
    );
  });
});
