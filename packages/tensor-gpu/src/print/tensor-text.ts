import { optionsOf, refuseUnknown, TensorError } from "../errors";
import { contiguousStrides, type Shape, showShape } from "../tensor/shape";
import { assertWhole } from "../tensor/sizes";
import type { Tensor } from "../tensor/tensor";
import { nestedText, shownPositions } from "./nested-text";
import { numberTexts } from "./number-text";

/** How a tensor is printed; the defaults are PyTorch's. */
export interface PrintOptions {
  /** Digits after the decimal point. Default 4 */
  precision?: number;
  /** A tensor of more elements shows only the edges of each axis. Default 1000 */
  threshold?: number;
  /** Elements shown at either end of an axis that is cut. Default 3 */
  edgeItems?: number;
  /** Maximum width of a line, in columns. Default 80 */
  lineWidth?: number;
}

/** The options with defaults. @throws {TensorError} `ERR_RANGE` for options that are not whole numbers */
export function printOptions(options: PrintOptions = {}): Required<PrintOptions> {
  const {
    precision = 4,
    threshold = 1000,
    edgeItems = 3,
    lineWidth = 80,
    ...rest
  } = optionsOf("print", options);
  refuseUnknown("print", rest);
  assertWhole("print", "precision", precision, { most: 20 });
  assertWhole("print", "threshold", threshold);
  assertWhole("print", "edgeItems", edgeItems, { least: 1 });
  assertWhole("print", "lineWidth", lineWidth, { least: 1 });
  return { precision, threshold, edgeItems, lineWidth };
}

type Shown = readonly (readonly (number | null)[])[];

const opening = "tensor(";

/** Positions of the shown elements, row-major. */
const offsetsOf = (shown: Shown, strides: Shape, offset: number): number[] =>
  shown.reduce<number[]>(
    (starts, axis, i) =>
      starts.flatMap((start) =>
        axis.flatMap((at) => (at === null ? [] : [start + at * strides[i]!])),
      ),
    [offset],
  );

/** The shown elements; the other elements of a large tensor are not read. */
function readShown(tensor: Tensor, shown: Shown, isCut: boolean): ArrayLike<number> {
  if (!isCut) return tensor.dataSync();
  return offsetsOf(shown, tensor.strides, tensor.offset).map((offset) => {
    const one = tensor.view([], [], offset);
    const value = one.itemSync();
    one.dispose();
    return value;
  });
}

function facts(tensor: Tensor): string {
  const { shape, dtype, backendName, requiresGrad } = tensor;
  const gradient = requiresGrad ? ", requiresGrad" : "";
  return `shape=${showShape(shape)}, dtype=${dtype}, backend=${backendName}${gradient})`;
}

const withoutValues = (tensor: Tensor, why: string): string => `${opening}${why}, ${facts(tensor)}`;

/**
 * A tensor as text: its values laid out as PyTorch prints them, then shape, element type and backend. Never throws for a
 * tensor: one that was disposed, or whose values cannot be read synchronously, is described without values.
 * @param data all elements, row-major, if they have already been read
 * @throws {TensorError} `ERR_RANGE` for options that are not whole numbers
 */
export function tensorText(
  tensor: Tensor,
  options: PrintOptions = {},
  data?: ArrayLike<number>,
): string {
  const { precision, threshold, edgeItems, lineWidth } = printOptions(options);
  if (tensor.isDisposed) return withoutValues(tensor, "disposed");
  if (!data && !tensor.canReadSync) return withoutValues(tensor, "await data()");
  const isCut = tensor.size > threshold;
  const shown = tensor.shape.map((length) => shownPositions(length, isCut ? edgeItems : null));
  let values: ArrayLike<number>;
  try {
    values = data
      ? offsetsOf(shown, contiguousStrides(tensor.shape), 0).map((at) => data[at]!)
      : readShown(tensor, shown, isCut);
  } catch (error) {
    if (TensorError.isInstance(error)) return withoutValues(tensor, `not readable: ${error.code}`);
    throw error;
  }
  const texts = numberTexts(values, tensor.dtype, precision);
  const nested = tensor.size === 0 ? "[]" : nestedText(texts, shown, opening.length, lineWidth);
  const start = `${opening}${nested},`;
  const end = facts(tensor);
  const lastLine = start.length - start.lastIndexOf("\n") - 1;
  const fits = lastLine + end.length < lineWidth;
  return start + (fits ? " " : `\n${" ".repeat(opening.length)}`) + end;
}
