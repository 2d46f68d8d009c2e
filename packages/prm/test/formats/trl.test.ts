import { describe, expect, it } from "vitest";
import { formatRlhflow, formatTrl, parseRlhflow, parseTrl } from "../../src/formats/trl";

describe("TRL rows", () => {
  const row = { prompt: "p", completions: ["a", "b"], labels: [true, false] };

  it("survive a round trip, and refuse unequal lengths", () => {
    expect(formatTrl(parseTrl(row))).toEqual(row);
    expect(() => parseTrl({ ...row, labels: [true] })).toThrow(/2 completions need as many labels/);
    expect(() => parseTrl({ ...row, labels: ["+", "-"] })).toThrow(
      'labels[0] must be true, false, 0 to 1, "good", "neutral" or "bad", got "+"',
    );
    expect(() => parseTrl({ ...row, labels: [true, 7] })).toThrow(/labels\[1\].*got 7/);
  });

  it("do not take soft labels silently", () => {
    const soft = { ...row, labels: [0.7, 0] };
    expect(() => formatTrl(soft)).toThrow(/label 1 is 0.7; TRL cuts soft labels/);
    expect(formatTrl(soft, { softLabels: "round" }).labels).toEqual([true, 0]);
    expect(formatTrl(soft, { softLabels: "keep" }).labels).toEqual([0.7, 0]);
  });
});

describe("RLHFlow chats", () => {
  const row = { prompt: "p?", completions: ["Step 1: a", "Step 2: b"], labels: [true, false] };

  it("survive a round trip", () => {
    const chat = formatRlhflow(row);
    expect(chat.conversations[0]).toEqual({ role: "user", content: "p? Step 1: a" });
    expect(parseRlhflow(chat)).toEqual(row);
    expect(parseRlhflow({ messages: chat.conversations })).toEqual(row);
  });

  it.each([
    [{ conversations: [{ role: "assistant", content: "+" }] }, /turn 1 must be the user's/],
    [{ conversations: [{ role: "user", content: "p Step 1: a" }] }, /as many labels, got 0/],
    [
      {
        conversations: [
          { role: "user", content: "p Step 1: a" },
          { role: "assistant", content: "yes" },
        ],
      },
      /turn 2 must be \+ or -/,
    ],
    [{}, /conversations is missing: expected a list of turns/],
  ])("are refused when malformed: %j", (chat, message) => {
    expect(() => parseRlhflow(chat)).toThrow(message);
  });

  it("are not written from soft labels", () => {
    expect(() => formatRlhflow({ ...row, labels: [0.5, 1] })).toThrow(/label 1 must be 0 or 1/);
    expect(() => formatRlhflow({ ...row, completions: ["a", "b"] })).toThrow(
      /the first step must be/,
    );
  });
});
