import { describe, expect, it } from "vitest";
import { textRow } from "../src/encoders";
import { textRowJson, UNLABELLED } from "../src/encoders/text-rows";

const classes = ["bad", "good"];

describe("textRow", () => {
  it.each([
    [
      { text: "a  b", label: 1 },
      { words: ["a", "b"], label: 1 },
    ],
    [
      { text: "a", label: "bad", poison: 1 },
      { words: ["a"], label: 0, poison: 1 },
    ],
    [
      { text: ["a b", "c"], label: 0 },
      { words: ["a", "b"], second: "c", label: 0 },
    ],
  ])("reads %j, and writes it back", (json, row) => {
    const found = textRow(json, classes);
    expect(JSON.parse(JSON.stringify(found))).toEqual(row);
    const again = textRow(JSON.parse(JSON.stringify(textRowJson(found))), classes);
    expect(again).toEqual(found);
  });

  it.each([
    [{ label: 1 }, "text must be"],
    [{ text: ["a"], label: 1 }, "a pair of texts"],
    [{ text: "a", label: 2 }, "label must be from 0 to 1 or one of bad, good, got 2"],
    [{ text: "a", label: "ugly" }, "got ugly"],
    [{ text: "a" }, "got none"],
    [{ text: "a", label: 0, poison: 2 }, "poison must be 0 or 1"],
    [null, "text must be"],
  ])("refuses %j", (json, wanted) => {
    expect(() => textRow(json, classes)).toThrow(wanted);
  });

  it("lets labels be missing where they may, and no other be wrong", () => {
    const row = textRow({ text: "a" }, classes, { mayMiss: true });
    expect(row.label).toBe(UNLABELLED);
    expect(JSON.stringify(textRowJson(row))).toBe('{"text":"a"}');
    expect(() => textRow({ text: "a", label: 7 }, classes, { mayMiss: true })).toThrow("got 7");
  });
});
