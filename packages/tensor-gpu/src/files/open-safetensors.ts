import { optionsOf, refuseUnknown } from "../errors";
import type { ByteSource } from "./byte-source";
import { openSource, type Source, type SourceOptions } from "./open-source";
import { readSafetensorsHeader } from "./safetensors-header";
import { type TensorFile, type TensorPlace, tensorFile } from "./tensor-file";

/**
 * Opens a safetensors file: reads and checks its header, and reads data only on request.
 *
 * @param source path, address, `Blob`, bytes or reader
 * @param options.fetch function to fetch addresses with, default the global one
 * @returns the open file; call `close()` when done
 * @throws {TensorError} `ERR_FORMAT` when the file breaks a rule of the format, `ERR_DTYPE` when it holds an
 *   unknown element type, `ERR_IO` when it cannot be read
 * @see the format section of the safetensors documentation, https://huggingface.co/docs/safetensors
 */
export async function openSafetensors(
  source: Source,
  options: SourceOptions = {},
): Promise<TensorFile> {
  const { signal, fetch, ...rest } = optionsOf("openSafetensors", options);
  refuseUnknown("openSafetensors", rest);
  const { places, metadata, bytes } = await openPlaces(source, { signal, fetch });
  return tensorFile(places, metadata, [bytes]);
}

/** The checked content table of one open safetensors file. */
export interface OpenPlaces {
  readonly bytes: ByteSource;
  readonly places: ReadonlyMap<string, TensorPlace>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Opens a source and reads its header; on failure the source is closed. */
export async function openPlaces(source: Source, options: SourceOptions): Promise<OpenPlaces> {
  const bytes = await openSource(source, options);
  try {
    const { tensors, metadata } = await readSafetensorsHeader(bytes, options.signal);
    const places = new Map<string, TensorPlace>();
    for (const [name, info] of tensors) {
      const { dtype, shape, begin, end } = info;
      places.set(name, { dtype, shape, begin, end, source: bytes });
    }
    return { bytes, places, metadata };
  } catch (error) {
    await bytes.close?.();
    throw error;
  }
}
