/** @file Conversion of numbers between the host's and the device's form. */
import type { Backend } from "../backend/backend";
import type { DType, View } from "../backend/view";
import { TensorError } from "../errors";
import { converterTo } from "../js/convert";
import type { Block, Numbers } from "./block";
import { LARGEST_EXACT } from "./cell";
import type { Device } from "./device";

export const emptyArray = (dtype: DType, length: number): Numbers =>
  dtype === "float32" ? new Float32Array(length) : new Int32Array(length);

/** Integers as the device stores them. @throws {TensorError} `ERR_RANGE` where float32 cannot represent one */
export function asFloats(numbers: Numbers): Float32Array {
  if (numbers instanceof Float32Array) return numbers;
  for (const x of numbers)
    if (x > LARGEST_EXACT || x < -LARGEST_EXACT)
      throw new TensorError(
        "ERR_RANGE",
        `tensor-gpu/gpu: the int32 ${x} is beyond ±2²⁴, up to which a GPU's float32 holds whole numbers`,
        { fields: { value: x } },
      );
  return Float32Array.from(numbers);
}

/** Numbers of the device as elements of `dtype`. */
export function asType(floats: Float32Array, dtype: DType): Numbers {
  if (dtype === "float32") return floats;
  const convert = converterTo("int32"); // a bool is 0 or 1 already
  return Int32Array.from(floats, convert);
}

/** Reads of views, synchronous or asynchronous. @param block the block of a view */
export function readers(
  device: Device,
  block: (view: View) => Block,
): Pick<Backend, "read" | "readSync"> {
  const onHost = (view: View): Numbers | undefined => {
    const { host, cell } = block(view);
    if (host) return host.slice(view.offset, view.offset + view.size);
    return cell ? undefined : emptyArray(view.dtype, view.size);
  };
  const end = ({ offset, size }: View) => offset + size;
  const readSync = (view: View) =>
    onHost(view) ?? asType(device.readSync(block(view).cell!, view.offset, end(view)), view.dtype);
  return {
    async read(view) {
      const known = onHost(view);
      if (known) return known;
      return asType(await device.read(block(view).cell!, view.offset, end(view)), view.dtype);
    },
    get readSync() {
      return device.canReadSync ? readSync : undefined;
    },
  };
}
