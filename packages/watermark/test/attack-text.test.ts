import { describe, expect, it } from "vitest";
import { attackText, uniformProxy } from "../src";
import { attackNames } from "../src/attacks/attack-names";

const ids = Array.from({ length: 40 }, (_, i) => i);
const words = "The cat saw Ten Dogs.";
const tokenizer = {
  encode: (text: string) => Array.from(text, (letter) => letter.codePointAt(0)!),
  decode: (list: readonly number[]) => String.fromCodePoint(...list),
};
/** The same numbers each time. */
const numbers = () => {
  let state = 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
};
const tools = () => ({
  rate: 0.5,
  random: numbers(),
  vocabSize: 100,
  rewriter: () => uniformProxy(100),
  human: new Array<number>(2000).fill(7),
  humanTokens: 60,
  pieces: 2,
});

describe("attackText", () => {
  it.each(attackNames)("edits by %s, the same each time", async (name) => {
    const first = await attackText(name, { ids, text: words }, tools());
    const again = await attackText(name, { ids, text: words }, tools());
    expect(again).toEqual(first);
    const isOfCharacters = ["homoglyph", "fold-case", "invisible"].includes(name);
    expect(Object.keys(first)).toEqual([isOfCharacters ? "text" : "ids"]);
    expect(first).not.toEqual(isOfCharacters ? { text: words } : { ids });
    if (name === "copy-paste") expect(first.ids).toHaveLength(100);
    if (name === "delete") expect(first.ids).toHaveLength(20);
  });

  it("takes the other form through a tokenizer, and gives both back", async () => {
    const ofText = await attackText("swap", { text: words }, { ...tools(), tokenizer });
    expect(ofText.text).toBe(tokenizer.decode(ofText.ids!));
    const own = tokenizer.encode(words);
    const { text } = await attackText("invisible", { ids: own }, { ...tools(), tokenizer });
    expect(text!.replaceAll("\u200b", "")).toBe(words);
  });

  it.each([
    ["substitute", { vocabSize: undefined }, "vocabulary"],
    ["insert", { vocabSize: undefined }, "vocabulary"],
    ["paraphrase", { rewriter: undefined }, "model"],
    ["copy-paste", { human: undefined }, "human"],
  ] as const)("says what %s lacks", async (name, without, wanted) => {
    const given = attackText(name, { ids }, { ...tools(), ...without });
    await expect(given).rejects.toMatchObject({
      code: "ERR_ARGUMENT",
      message: expect.stringContaining(wanted),
    });
  });

  it("wants a tokenizer for the form that a text is not in", async () => {
    await expect(attackText("swap", { text: words }, tools())).rejects.toThrow("give ids");
    await expect(attackText("invisible", { ids }, tools())).rejects.toThrow("give text");
  });
});
