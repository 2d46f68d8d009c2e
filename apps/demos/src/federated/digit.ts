import type { Dataset } from "@deepgrain/fedlt";
import type { Field } from "../state/fields";
import { levelOf, PIXELS, TEST } from "./digits";

/**
 * A digit in an address: "" for none, "9-3" for the fourth test picture of a 9, or a drawn one with a hexadecimal digit for the
 * grey level of each pixel, row by row.
 */
export const digitField = (initial: string): Field<string> => ({
  initial,
  read(text) {
    const isTest = /^\d-\d{1,2}$/.test(text) && Number(text.slice(2)) < TEST;
    const isDrawn = text.length === PIXELS && /^[0-9a-f]+$/.test(text);
    return isTest || isDrawn
      ? { value: text }
      : { expected: `such as 9-3, or ${PIXELS} hexadecimal digits` };
  },
  write: (value) => value,
});

/** The class of a test picture; null for a drawn digit, which nobody has named. */
export const labelOf = (digit: string): number | null =>
  digit.includes("-") ? Number(digit[0]) : null;

/** The grey levels of a digit, 0 to 15, row by row. @param test the test pictures, those of a class after the class before */
export function levelsOf(digit: string, test: Dataset): number[] {
  if (!digit.includes("-")) return [...digit].map((level) => Number.parseInt(level, 16));
  const [label, index] = digit.split("-").map(Number) as [number, number];
  const from = (label * TEST + index) * PIXELS;
  return Array.from(test.inputs.subarray(from, from + PIXELS), levelOf);
}
