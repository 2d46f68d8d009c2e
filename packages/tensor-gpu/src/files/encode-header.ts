import { TensorError } from "../errors";
import { DTYPES } from "./dtypes";
import type { PlannedTensor } from "./plan-tensors";
import { LARGEST_HEADER_BYTES } from "./safetensors-header";

/** The order of the data in a file: widest types first, so that every tensor starts at a multiple of its type's size. */
export function inFileOrder<T extends PlannedTensor<unknown>>(tensors: readonly T[]): T[] {
  return tensors.toSorted((a, b) => DTYPES[b.dtype].sizeBytes - DTYPES[a.dtype].sizeBytes);
}

/**
 * The head of a safetensors file, padded with spaces so that the data starts at a multiple of 8.
 *
 * @param tensors in the order in which their data follows
 * @returns length field and JSON
 * @throws {TensorError} `ERR_FORMAT` when the header would exceed the format's 100 MB or metadata is not text
 */
export function encodeHeader(
  tensors: readonly PlannedTensor<unknown>[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  checkMetadata(metadata);
  let end = 0;
  const entries = tensors.map(({ name, dtype, shape, sizeBytes }) => {
    const begin = end;
    end += sizeBytes;
    return [name, { dtype, shape, data_offsets: [begin, end] }] as const;
  });
  const header = { __metadata__: { format: "pt", ...metadata } };
  const json = new TextEncoder().encode(
    JSON.stringify({ ...header, ...Object.fromEntries(entries) }),
  );
  const length = Math.ceil(json.length / 8) * 8;
  if (length > LARGEST_HEADER_BYTES) {
    const message = `tensor-gpu/safetensors: the header must have at most ${LARGEST_HEADER_BYTES} bytes, got ${length}`;
    throw new TensorError("ERR_FORMAT", message, { fields: { length } });
  }
  const bytes = new Uint8Array(8 + length).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(json, 8);
  return bytes;
}

function checkMetadata(metadata: Readonly<Record<string, unknown>>): void {
  for (const [key, value] of Object.entries(metadata)) {
    if (typeof value === "string") continue;
    const message = `tensor-gpu/safetensors: metadata must be strings, got ${typeof value} for ${key}`;
    throw new TensorError("ERR_FORMAT", message, { fields: { key, value } });
  }
}
