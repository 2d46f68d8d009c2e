import { assertKind, fail } from "../errors";
import type { KType } from "./k-blocks";
import { quantiseK } from "./quantise-k";

const types: readonly KType[] = ["Q4_K", "Q5_K", "Q6_K"];

/**
 * Numbers as blocks of 256 of GGML's K types: in Q4_K and Q5_K groups of 32 with scale and minimum, in Q6_K groups of 16 with a scale,
 * chosen by least squares. GGML's own quantiser weighs large numbers more, so its bytes differ; on drawn weights the mean squared
 * error of these is not above its own. The code is loaded by the first call.
 *
 * @param values a multiple of 256
 * @returns the bytes; undefined where a number is not finite or a scale beyond the largest float16
 * @throws {TensorError} `ERR_RANGE` for another type, `ERR_SHAPE` for part of a block
 */
export async function toKBlocks(
  type: KType,
  values: Float32Array,
): Promise<Uint8Array | undefined> {
  assertKind(values instanceof Float32Array, "toKBlocks", "needs a Float32Array", values);
  if (!types.includes(type))
    fail("ERR_RANGE", `toKBlocks: type must be one of ${types.join(", ")}, got ${type}`);
  if (values.length % 256 !== 0)
    fail("ERR_SHAPE", `toKBlocks: needs a multiple of 256 numbers, got ${values.length}`);
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return undefined;
  return quantiseK(type, values);
}
