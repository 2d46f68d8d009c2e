import { TensorError } from "../errors";
import type { TensorData } from "./dtypes";

const LARGEST_EXACT_INTEGER = 2 ** 24; // Beyond it, float32 cannot represent every integer.

/**
 * The same numbers as float32: integers exactly, float64 rounded to nearest.
 *
 * @param name tensor name for the error message
 * @throws {TensorError} `ERR_RANGE` when an integer is not exact in float32 or a finite number overflows it
 */
export function toFloat32Exactly(name: string, data: TensorData): Float32Array {
  if (data instanceof Float32Array) return data;
  const out = Float32Array.from(data);
  const isLost =
    data instanceof Float64Array
      ? (i: number) => Number.isFinite(data[i]) && !Number.isFinite(out[i])
      : (i: number) => Math.abs(data[i]!) > LARGEST_EXACT_INTEGER;
  for (let i = 0; i < data.length; i++) {
    if (!isLost(i)) continue;
    const message = `tensor-gpu/safetensors: ${name} must fit in float32, got ${data[i]} at ${i}`;
    throw new TensorError("ERR_RANGE", message, { fields: { name, index: i, value: data[i] } });
  }
  return out;
}
