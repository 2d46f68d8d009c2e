import { tmpdir } from "node:os";
import { describe, expect, it } from "vitest";
import { type CompilerLanguage, collect, compilerLanguages, compilerMessages } from "../src/index";

describe("compilerMessages", () => {
  it("has 2,120 messages with the same codes in every language", async () => {
    const german = await collect(compilerMessages("de"));
    const codes = german.map(({ code }) => code);
    expect(codes).toHaveLength(2120);
    expect(codes).toEqual([...new Set(codes)].sort((a, b) => a - b));
    for (const language of compilerLanguages) {
      const messages = await collect(compilerMessages(language));
      expect(messages.map(({ code }) => code)).toEqual(codes);
      expect(messages.every((m) => m.english !== "" && m.translation !== "")).toBe(true);
    }
  });

  it("keys the translation to the English text", async () => {
    const messages = await collect(compilerMessages("de"));
    expect(messages.find(({ code }) => code === 2680)).toEqual({
      code: 2680,
      category: "error",
      language: "de",
      english: "A '{0}' parameter must be the first parameter.",
      translation: 'Ein "{0}"-Parameter muss der erste Parameter sein.',
    });
  });

  it("refuses a language that the compiler does not speak", async () => {
    await expect(collect(compilerMessages("en" as CompilerLanguage))).rejects.toMatchObject({
      code: "ERR_RANGE",
      fields: { language: "en" },
    });
  });

  it("refuses a folder that is not a compiler", async () => {
    await expect(collect(compilerMessages("de", { from: tmpdir() }))).rejects.toMatchObject({
      code: "ERR_MISSING_FILE",
    });
  });
});
