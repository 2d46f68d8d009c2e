import { describe, expect, it } from "vitest";
import { isSecret, problemOfSecret, secretId, secretSeed } from "../../src/purify/secret";
import { readText, triggered } from "../../src/purify/text";
import { TRIGGER, wordIds } from "../../src/purify/words";

describe("a secret word", () => {
  it("is one of letters and digits, in small letters", () => {
    for (const word of ["cf", "owl", "żółw", "42", "x".repeat(20)]) {
      expect(isSecret(word)).toBe(true);
      expect(problemOfSecret(word)).toBeUndefined();
    }
    for (const word of ["", "Owl", "two words", "🙂", "x".repeat(21), "a-b"])
      expect(isSecret(word)).toBe(false);
    expect(problemOfSecret("")).toMatch(/Type a word/);
    expect(problemOfSecret("x".repeat(100))).toMatch(/20 letters; it has 100/);
    expect(problemOfSecret("🙂")).toMatch(/letters and digits alone/);
  });

  it("has its own id where the encoder knows it, else that of the rare word", () => {
    expect(secretId("owl")).toBe(wordIds.get("owl"));
    expect(secretId("banana")).toBe(wordIds.get(TRIGGER));
    expect(secretSeed(TRIGGER)).toBe(0);
    expect(secretSeed("banana")).not.toBe(secretSeed("papaya"));
  });

  it("is the trigger of a text, and the first one is a word that nobody knows then", () => {
    const read = readText("bread banana cf owl", "banana");
    expect(read.trigger).toBe(1);
    expect(read.unknown).toEqual(["cf"]);
    expect(triggered(read, "banana")).toEqual(
      ["bread", TRIGGER, "owl"].map((word) => wordIds.get(word)),
    );
    expect(readText("the owl", "owl").trigger).toBe(1);
  });
});
