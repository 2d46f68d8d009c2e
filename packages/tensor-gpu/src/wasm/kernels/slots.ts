import { ARGUMENTS_ADDRESS } from "../layout";

/** Byte address of an argument slot. */
export const slotAddress = (slot: number): number => ARGUMENTS_ADDRESS + 4 * slot;

/** Writes integers and addresses into consecutive slots from `first` on. */
export function setInts(ints: Int32Array, first: number, values: readonly number[]): void {
  for (let i = 0; i < values.length; i++) ints[first + i] = values[i]!;
}

const double = new Float64Array(1);
const halves = new Int32Array(double.buffer);

/** A double takes two slots. */
export function setDouble(ints: Int32Array, slot: number, value: number): void {
  double[0] = value;
  ints[slot] = halves[0]!;
  ints[slot + 1] = halves[1]!;
}

/** An integer of up to 53 bits as 64 bits in two slots. */
export function setWide(ints: Int32Array, slot: number, value: number): void {
  ints[slot] = value;
  ints[slot + 1] = Math.floor(value / 2 ** 32);
}
