/**
 * @file What may follow inside a JSON string: characters in UTF-8 (RFC 3629, section 4), escapes, and pairs of surrogates that are
 * escaped (RFC 8259, section 7). Each phase waits for one byte.
 */

/** Between two characters. */
export const FREE = 0;
/** The string has ended. */
export const CLOSED = -2;
const NO = -1;

type Bytes = readonly (readonly [from: number, to: number])[];

const byteOf = (character: string) => character.charCodeAt(0);
const span = (from: string, to: string): Bytes[number] => [byteOf(from), byteOf(to)];
const hex: Bytes = [span("0", "9"), span("a", "f"), span("A", "F")];
const tail: Bytes = [[0x80, 0xbf]];

/** Each phase: what ends it in the fewest bytes, and where bytes lead; a character ends where they lead to `FREE`. */
const phases: Record<string, { rest: string; next: readonly (readonly [Bytes, string])[] }> = {
  FREE: {
    rest: "",
    next: [
      [[[0x20, 0x7f]], "FREE"],
      [[[0xc2, 0xdf]], "TAIL1"],
      [[[0xe0, 0xe0]], "AFTER_E0"],
      [
        [
          [0xe1, 0xec],
          [0xee, 0xef],
        ],
        "TAIL2",
      ],
      [[[0xed, 0xed]], "AFTER_ED"],
      [[[0xf0, 0xf0]], "AFTER_F0"],
      [[[0xf1, 0xf3]], "TAIL3"],
      [[[0xf4, 0xf4]], "AFTER_F4"],
      [[span("\\", "\\")], "ESCAPE"],
    ],
  },
  TAIL1: { rest: "\x80", next: [[tail, "FREE"]] },
  TAIL2: { rest: "\x80\x80", next: [[tail, "TAIL1"]] },
  TAIL3: { rest: "\x80\x80\x80", next: [[tail, "TAIL2"]] },
  AFTER_E0: { rest: "\xa0\x80", next: [[[[0xa0, 0xbf]], "TAIL1"]] },
  AFTER_ED: { rest: "\x80\x80", next: [[[[0x80, 0x9f]], "TAIL1"]] },
  AFTER_F0: { rest: "\x90\x80\x80", next: [[[[0x90, 0xbf]], "TAIL2"]] },
  AFTER_F4: { rest: "\x80\x80\x80", next: [[[[0x80, 0x8f]], "TAIL2"]] },
  ESCAPE: {
    rest: "n",
    next: [
      [Array.from('"\\/bfnrt', (one) => span(one, one)), "FREE"],
      [[span("u", "u")], "CODE"],
    ],
  },
  CODE: {
    rest: "0000",
    next: [
      [hex, "CODE3"],
      [[span("d", "d"), span("D", "D")], "CODE_D"],
    ],
  },
  CODE3: { rest: "000", next: [[hex, "CODE2"]] },
  CODE2: { rest: "00", next: [[hex, "CODE1"]] },
  CODE1: { rest: "0", next: [[hex, "FREE"]] },
  CODE_D: {
    rest: "000",
    next: [
      [[span("0", "7")], "CODE2"],
      [[span("8", "9"), span("a", "b"), span("A", "B")], "HIGH2"],
    ],
  },
  HIGH2: { rest: "00\\udc00", next: [[hex, "HIGH1"]] },
  HIGH1: { rest: "0\\udc00", next: [[hex, "LOW"]] },
  LOW: { rest: "\\udc00", next: [[[span("\\", "\\")], "LOW_U"]] },
  LOW_U: { rest: "udc00", next: [[[span("u", "u")], "LOW_D"]] },
  LOW_D: { rest: "dc00", next: [[[span("d", "d"), span("D", "D")], "LOW3"]] },
  LOW3: { rest: "c00", next: [[[span("c", "f"), span("C", "F")], "CODE2"]] },
};

const names = Object.keys(phases);

/** The end of each phase, in bytes. */
export const phaseRests: readonly Uint8Array[] = names.map((name) =>
  Uint8Array.from(phases[name]!.rest, byteOf),
);

/** Where each byte leads from each phase, [phases × 256]; −1 if it may not stand there. */
const table: Int8Array = (() => {
  const found = new Int8Array(names.length * 256).fill(NO);
  for (const [i, name] of names.entries())
    for (const [bytes, to] of phases[name]!.next)
      for (const [from, last] of bytes)
        for (let byte = from; byte <= last; byte++) found[256 * i + byte] = names.indexOf(to);
  found[byteOf('"')] = CLOSED;
  return found;
})();

/** The phase after a byte: `CLOSED` after the last quote, −1 if it may not stand there. */
export const nextPhase = (phase: number, byte: number): number => table[256 * phase + byte]!;
