import { assertKind, optionsOf, refuseUnknown } from "../errors";
import type { NamedTensors } from "./named-tensors";
import { openSafetensors } from "./open-safetensors";
import type { Source, SourceOptions } from "./open-source";
import type { TensorFile } from "./tensor-file";

/** Options of `readSafetensors`. */
export interface ReadSafetensorsOptions extends SourceOptions {
  /** Which tensors to read; default: all. */
  select?: ((name: string) => boolean) | undefined;
}

/**
 * Reads the tensors of a safetensors file as float32, in the order of their data.
 *
 * @param source path, address, `Blob`, bytes or reader
 * @param given.select which names to read, default all
 * @returns tensors by name
 * @throws {TensorError} as `openSafetensors`; `ERR_RANGE` when an integer is not exact in float32
 */
export async function readSafetensors(
  source: Source,
  given: ReadSafetensorsOptions = {},
): Promise<NamedTensors> {
  const { select, fetch, signal, ...rest } = optionsOf("readSafetensors", given);
  refuseUnknown("readSafetensors", rest);
  const file = await openSafetensors(source, { fetch, signal });
  try {
    return await readTensors(file, { select, signal });
  } finally {
    await file.close();
  }
}

/**
 * Reads the tensors of an open file as float32, in its order.
 *
 * @param options.select which names to read, default all
 * @returns tensors by name
 * @throws {TensorError} `ERR_IO` when reading fails; `ERR_RANGE` when an integer is not exact in float32
 */
export async function readTensors(
  file: TensorFile,
  options: {
    select?: ((name: string) => boolean) | undefined;
    signal?: AbortSignal | undefined;
  } = {},
): Promise<NamedTensors> {
  const { select = () => true, signal, ...rest } = optionsOf("readTensors", options);
  refuseUnknown("readTensors", rest);
  assertKind(
    typeof file?.readFloat32 === "function",
    "readTensors",
    "file must be an open file of tensors",
    file,
  );
  const tensors: NamedTensors = new Map();
  for (const name of file.names)
    if (select(name)) tensors.set(name, await file.readFloat32(name, { signal }));
  return tensors;
}
