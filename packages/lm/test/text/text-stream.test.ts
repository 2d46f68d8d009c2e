import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { textStream } from "../../src";

const bytes = new TextEncoder();

/** A vocabulary of byte strings that tokens spell, characters cut in two included. */
const decodeWith = (tokens: readonly Uint8Array[]) => (ids: number[]) =>
  new TextDecoder().decode(Uint8Array.from(ids.flatMap((id) => [...tokens[id]!])));

/** Where the stop string that is complete first begins, found by reading one character after another. */
function cutOf(text: string, stops: readonly string[]): number {
  for (let end = 1; end <= text.length; end++) {
    const found = stops.filter((stop) => text.slice(0, end).endsWith(stop));
    if (found.length > 0) return end - Math.max(...found.map(({ length }) => length));
  }
  return text.length;
}

/** A text, cut into tokens at any byte, and stop strings of 1 to 20 characters, most of which occur in it. */
const cases = fc
  .record({
    text: fc.string({
      unit: fc.constantFrom("a", "b", " ", "ab", "ü", "語", "😀", "\n"),
      minLength: 1,
      maxLength: 40,
    }),
    cuts: fc.array(fc.nat(160), { maxLength: 30 }),
    places: fc.array(fc.tuple(fc.nat(60), fc.integer({ min: 1, max: 20 })), { maxLength: 4 }),
    other: fc.array(
      fc.string({ unit: fc.constantFrom("a", "b", "ü", "😀"), minLength: 1, maxLength: 4 }),
      { maxLength: 2 },
    ),
  })
  .map(({ text, cuts, places, other }) => {
    const all = bytes.encode(text);
    const borders = [...new Set([0, ...cuts.map((cut) => cut % all.length), all.length])];
    const sorted = borders.sort((a, b) => a - b);
    const tokens = sorted.slice(1).map((end, i) => all.slice(sorted[i], end));
    const points = [...text];
    const within = places.map(([at, length]) =>
      points.slice(at % points.length, (at % points.length) + length).join(""),
    );
    return { text, tokens, stopStrings: [...within, ...other].slice(0, 4) };
  });

describe("textStream with stop strings", () => {
  it("ends exactly before the first one, wherever tokens begin and end (1,000 cases)", () => {
    let stopped = 0;
    fc.assert(
      fc.property(cases, ({ text, tokens, stopStrings }) => {
        const stream = textStream(decodeWith(tokens), { stopStrings });
        const cut = cutOf(text, stopStrings);
        let told = "";
        for (const id of tokens.keys()) {
          told += stream.push(id);
          // What is told is never more than the text before the stop string.
          expect(text.slice(0, cut).startsWith(told)).toBe(true);
        }
        told += stream.end();
        expect(told).toBe(text.slice(0, cut));
        expect(stream.stoppedBy === undefined).toBe(cut === text.length);
        if (stream.stoppedBy !== undefined) stopped++;
      }),
      { numRuns: 1000, seed: 36 },
    );
    expect(stopped).toBeGreaterThan(300);
  });

  it("holds back what could begin one, and only that", () => {
    const stream = textStream((ids) => ids.map((id) => "axyz"[id]).join(""), {
      stopStrings: ["xyz"],
    });
    expect([0, 1, 2, 1, 0].map((id) => stream.push(id))).toEqual(["a", "", "", "xy", "xa"]);
    expect([1, 2].map((id) => stream.push(id))).toEqual(["", ""]);
    expect(stream.end()).toBe("xy");
  });

  it("refuses stop strings that are empty or half a character", () => {
    for (const stop of ["", "\ud83d"])
      expect(() => textStream(() => "", { stopStrings: [stop] })).toThrow(/stopStrings/);
  });
});

describe("text after other text", () => {
  /** Like SentencePiece's decoder: a space before each word, dropped at the start of a text. */
  const words = ["Once", "upon", "a", "time"];
  const decode = (ids: number[]) => ids.map((id) => words[id]).join(" ");

  it("keeps the space between them", () => {
    const stream = textStream(decode, { after: [0, 1] });
    expect(stream.push(2) + stream.push(3) + stream.end()).toBe(" a time");
    const alone = textStream(decode);
    expect(alone.push(2)).toBe("a");
  });

  it("has the whole character that the other text has cut", () => {
    const [first, second] = [bytes.encode("ü").slice(0, 1), bytes.encode("ü").slice(1)];
    const stream = textStream(decodeWith([bytes.encode("a"), first, second]), { after: [0, 1] });
    expect(stream.push(2) + stream.push(0)).toBe("üa");
  });
});
