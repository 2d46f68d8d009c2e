/** @file Methods that show a tensor's values: as text, as arrays and on the console. */
import type { Tensor } from "../tensor/tensor";
import { formatInBrowser } from "./browser-console";
import { inspectByText, writeLine } from "./inspect-by";
import { type PrintOptions, printOptions, tensorText } from "./tensor-text";
import { type NestedArray, toNested } from "./to-nested";

/** The values as PyTorch prints them, then shape, element type and backend. Consoles show the same text. */
export const toText = (x: Tensor, options?: PrintOptions): string => tensorText(x, options);

/**
 * The elements as arrays nested like the shape; the value itself for a scalar, booleans for a bool tensor. As `toJSON` it is
 * used by `JSON.stringify`, which writes NaN and infinities as null.
 * @throws {TensorError} `ERR_BACKEND` on a backend that can only be read asynchronously
 */
export const toArray = (x: Tensor): NestedArray => toNested(x.dataSync(), x.shape, x.dtype);

/** Prints `toString()` to the console; on backends with asynchronous reads, as soon as the data arrive. */
export async function print(x: Tensor, options?: PrintOptions): Promise<void> {
  const look = printOptions(options);
  const data = x.canReadSync || x.isDisposed ? undefined : await x.data();
  writeLine(tensorText(x, look, data));
}

/** Makes consoles show the objects of a class as text. */
export function showInConsoles(
  type: { readonly prototype: object } & (abstract new (...all: never[]) => object),
): void {
  inspectByText(type.prototype);
  formatInBrowser((value) => value instanceof type);
}
