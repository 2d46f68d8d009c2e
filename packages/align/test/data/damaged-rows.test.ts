import { describe, expect, it } from "vitest";
import { type AlignError, parseConversations, parsePreferences, parsePrompts } from "../../src";

const bytes = (...lines: string[]) => new TextEncoder().encode(lines.join("\n"));
const latin1 = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
const good = '{"prompt":"a","chosen":"b","rejected":"c"}';
const file = "p.jsonl";

describe("damaged text", () => {
  it("is refused with file, line and key where bytes are no UTF-8", () => {
    const rows = latin1(`${good}\n{"prompt":"caf\xe9","chosen":"b","rejected":"c"}\n`);
    expect(() => parsePreferences(rows, { file })).toThrow(
      expect.objectContaining({
        code: "ERR_FORMAT",
        message: expect.stringContaining("p.jsonl: line 2: prompt must be UTF-8 text"),
        fields: { file, row: 2, key: "prompt" },
      }),
    );
    const talk = latin1(
      '{"messages":[{"role":"user","content":"x"},{"role":"assistant","content":"\xe9"}]}',
    );
    expect(() => parseConversations(talk)).toThrow(/line 1: messages\[1\].content must be UTF-8/);
    expect(() => parsePrompts(latin1("\xff\xfe{"))).toThrow(/line 1: the row must be UTF-8 text/);
  });

  it.each([
    ['{"prompt":"a","chosen":"\\ud800","rejected":"c"}', "chosen"],
    [
      '{"prompt":[{"role":"user","content":"\\uDC00x"}],"chosen":"b","rejected":"c"}',
      "prompt[0].content",
    ],
    ['{"prompt":"a","chosen":"b","rejected":"c","\\udfff":1}', "\udfff"],
  ])("is refused where %j holds a lone surrogate", (row, key) => {
    for (const source of [bytes(good, row), `${good}\n${row}`])
      expect(() => parsePreferences(source, { file })).toThrow(
        expect.objectContaining({
          fields: { file, row: 2, key },
          message: expect.stringContaining("must be text without lone surrogates"),
        }),
      );
  });

  it("keeps pairs of surrogates, U+FFFD and escapes", () => {
    const prompts = ["😀", "\uFFFD", "\\ud800", "é"];
    const rows = prompts.map((prompt) => JSON.stringify({ prompt }));
    expect(parsePrompts(bytes(...rows)).map(({ prompt }) => prompt)).toEqual(prompts);
    expect(parsePrompts(bytes('{"prompt":"\\ud83d\\ude00"}'))[0]!.prompt).toBe("😀");
  });

  it("accepts a byte-order mark at the beginning", () => {
    for (const source of [bytes(`\uFEFF${good}`), `\uFEFF${good}`])
      expect(parsePreferences(source)).toHaveLength(1);
  });

  it.each([
    ["chosen", { prompt: "a", chosen: "", rejected: "c" }],
    [
      "chosen[0].content",
      {
        prompt: [{ role: "user", content: "x" }],
        chosen: [{ role: "assistant", content: "" }],
        rejected: [{ role: "assistant", content: "" }],
      },
    ],
    [
      "chosen[0].role",
      {
        prompt: [{ role: "user", content: "x" }],
        chosen: [{ role: "robot", content: "y" }],
        rejected: [{ role: "assistant", content: "z" }],
      },
    ],
  ])("refuses a pair with an empty or unknown %s", (key, row) => {
    expect(() => parsePreferences(JSON.stringify(row))).toThrow(
      expect.objectContaining({ fields: { file: "pairs.jsonl", row: 1, key } }),
    );
  });

  it("is left out, and its error handed over, with onBadRow", () => {
    const errors: AlignError[] = [];
    const rows = `${good}\n{"prompt":"caf\xe9"}\n[1]\n\n${good}\n{"prompt":"a","chosen":""}\n`;
    const found = parsePreferences(latin1(rows), { file, onBadRow: (error) => errors.push(error) });
    expect(found.map(({ place }) => place.row)).toEqual([1, 5]);
    expect(errors.map(({ fields }) => [fields.row, fields.key])).toEqual([
      [2, "prompt"],
      [3, "the row"],
      [6, "rejected"],
    ]);
    expect(() => parsePreferences("[1]", { onBadRow: () => undefined })).toThrow(
      /at least one row/,
    );
    expect(() => parsePreferences(good, { onbadRow: 1 } as never)).toThrow(/unknown option/);
  });
});

describe("the common forms", () => {
  const place = { file: "conversations.jsonl", row: 1 };
  const talk = [
    { role: "user", content: "Double it\n\n4" },
    { role: "assistant", content: "8" },
  ];

  it.each([
    [{ text: "Once upon a time" }, { form: "text", prompt: "", completion: "Once upon a time" }],
    [
      { instruction: "Double it", input: "4", output: "8" },
      { form: "messages", messages: talk },
    ],
    [
      { instruction: "Double it\n\n4", input: "", output: "8", category: "math" },
      { form: "messages", messages: talk, category: "math" },
    ],
    [
      {
        conversations: [
          { from: "human", value: "Double it\n\n4" },
          { from: "gpt", value: "8" },
        ],
      },
      { form: "messages", messages: talk },
    ],
    [{ conversations: talk }, { form: "messages", messages: talk }],
  ])("reads %j", (row, wanted) => {
    expect(parseConversations(JSON.stringify(row))).toEqual([{ ...wanted, place }]);
  });

  it.each([
    ["text", { text: "" }],
    ["output", { instruction: "a", output: "" }],
    ["input", { instruction: "a", input: 3, output: "b" }],
    ["conversations[0].from", { conversations: [{ from: "robot", value: "x" }] }],
    ["conversations[0].from", { conversations: [{ from: "constructor", value: "x" }] }],
    ["conversations[0].value", { conversations: [{ from: "human" }] }],
    ["conversations", { conversations: "x" }],
    ["completion", { prompt: "a", completion: "" }],
  ])("names %s of a malformed one", (key, row) => {
    expect(() => parseConversations(JSON.stringify(row))).toThrow(
      expect.objectContaining({ code: "ERR_FORMAT", fields: { ...place, key } }),
    );
  });

  it("reads pairs whose texts share their prompt, which ends at white space", () => {
    const pair = (chosen: string, rejected: string) =>
      parsePreferences(JSON.stringify({ chosen, rejected }))[0];
    expect(pair("2 + 2 is 40", "2 + 2 is 41")).toMatchObject({
      form: "text",
      prompt: "2 + 2 is",
      chosen: " 40",
      rejected: " 41",
    });
    expect(pair("Say no. No", "Say no. Nope")).toMatchObject({ prompt: "Say no.", chosen: " No" });
    expect(pair("a b", "a b c")).toMatchObject({ prompt: "a", chosen: " b", rejected: " b c" });
    expect(() => pair("ab", "ac")).toThrow(/prompt must be text, or a beginning that/);
  });
});
