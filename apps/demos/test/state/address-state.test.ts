import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readState, writeState } from "../../src/state/address-state";
import { choiceField, setField, shareField, textField, wholeField } from "../../src/state/fields";

const names = ["0.1", "a-2", "b3"].map((name) => name.replace(".", "-"));
const fields = {
  seed: wholeField(1, 0, 2 ** 31 - 1),
  p: shareField(0.2),
  text: textField("hello", 280),
  backend: choiceField("wasm", ["wasm", "gpu"]),
  off: setField(names),
};

const state = fc.record({
  seed: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
  p: fc.integer({ min: 0, max: 100 }).map((hundredths) => hundredths / 100),
  text: fc
    .string({ minLength: 1, maxLength: 280, unit: "grapheme" })
    .filter((text) => text.trim() !== "" && [...text].length <= 280),
  backend: fc.constantFrom("wasm" as const, "gpu" as const),
  off: fc.subarray(names),
});

/** Texts that look like addresses, and any others. */
const address = fc.oneof(
  fc.string({ unit: "binary" }),
  fc
    .array(
      fc.tuple(fc.constantFrom("seed", "p", "text", "backend", "off", "__proto__"), fc.string()),
    )
    .map((pairs) => pairs.map(([name, text]) => `${name}=${text}`).join("&")),
);

describe("the state in an address", () => {
  it("comes back as it was written", () => {
    fc.assert(
      fc.property(state, (own) => {
        expect(readState(fields, writeState(fields, own))).toEqual({ state: own, problems: [] });
      }),
      { numRuns: 500 },
    );
  });

  it("is valid whatever the address is, and what is ignored is said", () => {
    fc.assert(
      fc.property(address, (text) => {
        const { state: read, problems } = readState(fields, `#${text}`);
        expect(readState(fields, writeState(fields, read))).toEqual({ state: read, problems: [] });
        const given = [...new URLSearchParams(text).keys()];
        if (given.some((name) => !Object.hasOwn(fields, name))) expect(problems).not.toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it("says nothing where all is as at first", () => {
    expect(writeState(fields, readState(fields, "").state)).toBe("");
  });

  it.each([
    [
      "seed=-1",
      "seed in the address must be a whole number from 0 to 2147483647, so it is ignored.",
    ],
    [
      "p=2",
      "p in the address must be a number from 0 to 1 with at most two decimals, so it is ignored.",
    ],
    ["text=", "text in the address must be a text of 1 to 280 characters, so it is ignored."],
    ["backend=cuda", "backend in the address must be one of wasm, gpu, so it is ignored."],
    [
      "off=b3.b3",
      "off in the address must be different names such as 0-1, with dots between them, so it is ignored.",
    ],
    ["colour=red", "The address has “colour”, which this page does not know."],
  ])("answers %s with a sentence", (text, problem) => {
    expect(readState(fields, text).problems).toEqual([problem]);
  });
});
