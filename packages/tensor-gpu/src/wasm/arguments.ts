/** @file Writes the arguments of kernels, and the tables that they read, as `assembly/` declares them. */
import type { View } from "../backend/view";

/** A view, a byte address, or null for no operand. */
export type Address = View | number | null;

type Argument = Address | boolean | readonly number[];

/** The memory as integers and as floats. */
interface Words {
  readonly ints: Int32Array;
  readonly floats: Float32Array;
}

/** Byte address of the view's first element; 0 for null. */
export const addressOf = (view: View | null): number =>
  view ? view.storage.handle + view.offset * 4 : 0;

const double = new Float64Array(1);
const halves = new Int32Array(double.buffer);

/** Writes a field of two words, which starts at an even word, and returns the index of the next word. */
function writeDouble(ints: Int32Array, at: number, low: number, high: number): number {
  const even = at + (at & 1);
  ints[even] = low;
  ints[even + 1] = high;
  return even + 2;
}

/**
 * Writes fields in the order of their layout, from word `first` (even) on. Letters: `a` address, `i` integer,
 * `b` flag, `f` float, `d` double, `w` integer of up to 53 bits as 64 bits, `l` any number of integers, `r` space for
 * a result.
 *
 * @param values one per letter but `r`
 * @returns the index of the word after the last field
 */
export function writeFields(
  { ints, floats }: Words,
  first: number,
  layout: string,
  values: readonly Argument[],
): number {
  let at = first;
  for (let i = 0; i < layout.length; i++) {
    const value = values[i]!;
    switch (layout[i]) {
      case "a":
        ints[at++] = typeof value === "number" ? value : addressOf(value as View | null);
        break;
      case "i":
        ints[at++] = value as number;
        break;
      case "b":
        ints[at++] = value ? 1 : 0;
        break;
      case "f":
        floats[at++] = value as number;
        break;
      case "d":
        double[0] = value as number;
        at = writeDouble(ints, at, halves[0]!, halves[1]!);
        break;
      case "w":
        at = writeDouble(ints, at, value as number, Math.floor((value as number) / 2 ** 32));
        break;
      case "l":
        for (const word of value as readonly number[]) ints[at++] = word;
        break;
      default:
        ints[at++] = 0;
    }
  }
  return at;
}
