import { describe, expect, it } from "vitest";
import { parseConversations, parsePreferences } from "../../src";

const lines = (...rows: unknown[]) => rows.map((row) => JSON.stringify(row)).join("\n");
const user = { role: "user", content: "2 + 2?" };
const [right, wrong] = [
  { role: "assistant", content: "4" },
  { role: "assistant", content: "5" },
];

describe("parsePreferences", () => {
  it("reads text, lists of turns, and whole conversations that begin alike", () => {
    const text = lines(
      { prompt: "a", chosen: "b", rejected: "c", margin: 2 },
      { prompt: [user], chosen: [right], rejected: [wrong] },
      { chosen: [user, right], rejected: [user, wrong] },
      { prompt: "2 + 2?", chosen: [user, right], rejected: [user, wrong] },
    );
    const conversation = { form: "messages", prompt: [user], chosen: [right], rejected: [wrong] };
    expect(parsePreferences(`${text}\n\n`, { file: "p.jsonl" })).toEqual([
      {
        form: "text",
        prompt: "a",
        chosen: "b",
        rejected: "c",
        margin: 2,
        place: { file: "p.jsonl", row: 1 },
      },
      { ...conversation, place: { file: "p.jsonl", row: 2 } },
      { ...conversation, place: { file: "p.jsonl", row: 3 } },
      { ...conversation, place: { file: "p.jsonl", row: 4 } },
    ]);
  });

  const good = { prompt: "a", chosen: "b", rejected: "c" };
  it.each([
    ["rejected", { prompt: "a", chosen: "b" }],
    ["chosen", { prompt: "a", rejected: "b" }],
    ["prompt", { chosen: "a", rejected: "b" }],
    ["prompt", { chosen: [right], rejected: [wrong] }],
    ["rejected", { prompt: "a", chosen: "b", rejected: 3 }],
    ["chosen[1].content", { chosen: [user, { role: "assistant" }], rejected: [user, wrong] }],
    ["chosen[0].role", { chosen: [{ content: "x" }], rejected: [user, wrong] }],
    ["chosen[0]", { chosen: [null], rejected: [user, wrong] }],
    ["rejected", { chosen: [user, right], rejected: [] }],
    ["margin", { ...good, margin: "much" }],
    ["the row", [1]],
  ])("names file, row and key %s of a bad row", (key, bad) => {
    expect(() => parsePreferences(lines(good, bad), { file: "p.jsonl" })).toThrow(
      expect.objectContaining({
        code: "ERR_FORMAT",
        message: expect.stringContaining(`p.jsonl: line 2: ${key} must be `),
        fields: { file: "p.jsonl", row: 2, key },
      }),
    );
  });

  it("refuses rows that are no JSON and files without rows", () => {
    expect(() => parsePreferences('{"prompt":')).toThrow(/pairs.jsonl: line 1: not JSON/);
    expect(() => parsePreferences("\n\n")).toThrow(
      expect.objectContaining({ code: "ERR_MISSING" }),
    );
  });
});

describe("parseConversations", () => {
  it("reads messages, and prompts with completions, whose earlier answers are context", () => {
    const text = lines(
      { messages: [user, right] },
      { prompt: "a", completion: "b" },
      { prompt: [user, wrong, user], completion: [right] },
    );
    const [first, second, third] = parseConversations(text);
    expect(first).toMatchObject({ form: "messages", messages: [user, right] });
    expect(second).toMatchObject({ form: "text", prompt: "a", completion: "b" });
    const context = [user, wrong, user].map((turn) => ({ ...turn, mask: 1 }));
    expect(third).toMatchObject({ form: "messages", messages: [...context, right] });
  });

  it.each([
    ["messages", {}],
    ["messages", { messages: "hello" }],
    ["completion", { prompt: "a" }],
    ["completion", { prompt: "a", completion: [right] }],
  ])("names the key %s of a bad row", (key, bad) => {
    expect(() => parseConversations(lines(bad))).toThrow(
      expect.objectContaining({
        code: "ERR_FORMAT",
        fields: { file: "conversations.jsonl", row: 1, key },
      }),
    );
  });
});
