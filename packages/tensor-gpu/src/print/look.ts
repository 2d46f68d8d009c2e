/** @file What tensors offer to whoever looks at them. */
import type { Tensor } from "../tensor/tensor";
import { formatInBrowser } from "./browser-console";
import { inspectByText, writeLine } from "./inspect-by";
import { type PrintOptions, tensorText } from "./tensor-text";
import { type NestedArray, toNested } from "./to-nested";

/** The values as PyTorch prints them, then shape, element type and backend; consoles show the same. */
export const toText = (x: Tensor, options?: PrintOptions): string => tensorText(x, options);

/**
 * The elements as arrays nested like the shape; a scalar gives its value, a bool tensor booleans. As `toJSON` it serves
 * `JSON.stringify`, which writes NaN and infinities as null.
 * @throws {TensorError} `ERR_BACKEND` on a backend that can only answer asynchronously
 */
export const toArray = (x: Tensor): NestedArray => toNested(x.dataSync(), x.shape, x.dtype);

/** Writes `toString()` to the console, on backends that answer asynchronously as soon as they have answered. */
export async function print(x: Tensor, options?: PrintOptions): Promise<void> {
  const data = x.canReadSync || x.isDisposed ? undefined : await x.data();
  writeLine(tensorText(x, options, data));
}

/** Makes consoles show what has this class as its text. */
export function showInConsoles(
  type: { readonly prototype: object } & (abstract new (...all: never[]) => object),
): void {
  inspectByText(type.prototype);
  formatInBrowser((value) => value instanceof type);
}
