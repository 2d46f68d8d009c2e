import { FedError } from "../../errors";
import type { NamedTensor } from "../tensors/named-tensors";
import { decodeNpy } from "../tensors/npy";

/** One array of a blob in NumPy's format, described as in Flower's array records. */
export interface ArrayEntry {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly stype: "numpy.ndarray";
  readonly offset: number;
  readonly bytes: number;
}

/**
 * The arrays of a blob, one after another, without a hole or an overlap, so that reading them takes as long as their bytes.
 *
 * @param arrays as a header has it
 * @throws {FedError} `ERR_FORMAT` for a list that does not describe the blob
 */
export function decodeArrays(blob: Uint8Array, arrays: unknown) {
  const tensors = new Map<string, NamedTensor>();
  const blobs = new Map<string, Uint8Array>();
  const refuse = (problem: string): never => {
    throw new FedError("ERR_FORMAT", `fedlt/messages: the header's arrays must ${problem}`);
  };
  if (!Array.isArray(arrays)) return refuse("be a list");
  let covered = 0;
  for (const entry of arrays as unknown[]) {
    const { name, offset, bytes } = (entry ?? {}) as Partial<ArrayEntry>;
    if (typeof name !== "string" || !Number.isSafeInteger(bytes) || bytes! < 1)
      return refuse("have a name and a number of bytes each");
    if (offset !== covered || covered + bytes! > blob.length)
      return refuse(`follow one another up to byte ${blob.length}, got ${name} at ${offset}`);
    covered += bytes!;
    const value = decodeNpy(blob.subarray(offset, covered));
    if (value instanceof Uint8Array) blobs.set(name, value);
    else tensors.set(name, value);
  }
  if (covered !== blob.length) return refuse(`end at byte ${blob.length}, got ${covered}`);
  return { tensors, blobs };
}
