import { describe, expect, it } from "vitest";
import { encodeUnpaired, parseUnpaired } from "../../src";
import { collateUnpaired } from "../../src/data/unpaired-batches";
import { byteTokenizer } from "../support/tokenizer";

const jsonl = (...rows: readonly unknown[]) => rows.map((row) => JSON.stringify(row)).join("\n");
const turn = (role: string, content: string) => ({ role, content });
const text = { prompt: "red", completion: " yes", label: true };
const talk = {
  prompt: [turn("user", "red")],
  completion: [turn("assistant", "no")],
  label: false,
};

describe("parseUnpaired", () => {
  it("reads texts and turns, which are encoded as those of fine-tuning", async () => {
    const records = parseUnpaired(jsonl(text, talk));
    expect(records.map(({ form, label }) => [form, label])).toEqual([
      ["text", true],
      ["messages", false],
    ]);
    const tokenizer = await byteTokenizer();
    const rows = records.map((record) => encodeUnpaired(record, tokenizer, { maxLength: 64 }));
    expect(rows.map(({ label }) => label)).toEqual([true, false]);
    for (const { chat } of rows) {
      const answer = chat.labels.filter((label) => label !== -100);
      expect(chat.inputIds.slice(-answer.length)).toEqual(answer);
    }
  });

  it.each([
    ["a word", "yes"],
    ["a number", 1],
    ["null", null],
    ["none", undefined],
  ])("refuses a label that is %s, with file, row and key", (_, label) => {
    expect(() => parseUnpaired(jsonl(text, { ...text, label }), { file: "a.jsonl" })).toThrow(
      expect.objectContaining({
        code: "ERR_FORMAT",
        message: expect.stringContaining("a.jsonl: line 2: label must be true or false"),
        fields: expect.objectContaining({ row: 2, key: "label" }),
      }),
    );
  });

  it.each([
    ["an empty completion", { ...text, completion: "" }, "completion must be text with"],
    ["no completion", { prompt: "a", label: true }, "completion must be"],
    ["no prompt", { completion: "a", label: true }, "prompt must be"],
    [
      "an answer that says nothing",
      { ...talk, completion: [turn("assistant", "")] },
      "completion[0].content must be",
    ],
    ["a pair", { prompt: "a", chosen: "b", rejected: "c" }, "label must be true or false"],
  ])("refuses %s", (_, row, message) => {
    expect(() => parseUnpaired(jsonl(row))).toThrow(`answers.jsonl: line 1: ${message}`);
  });
});

it("gives each prompt the next row's answer, truncated to the context", () => {
  const row = (prompt: number[], answer: number[], label: boolean) => ({
    chat: { inputIds: [...prompt, ...answer], labels: [...prompt.map(() => -100), ...answer] },
    label,
  });
  const rows = [row([1, 2, 3], [4], true), row([5], [6, 7, 8], false)];
  const { mismatched, desirable, ids } = collateUnpaired(rows, [0, 1], { maxLength: 5 });
  expect(desirable).toEqual([true, false]);
  expect(Array.from(ids)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(Array.from(mismatched.ids)).toEqual([1, 2, 3, 6, 7, 5, 4, 0, 0, 0]);
  expect(Array.from(mismatched.labels!)).toEqual([
    -100, -100, -100, 6, 7, -100, 4, -100, -100, -100,
  ]);
});
