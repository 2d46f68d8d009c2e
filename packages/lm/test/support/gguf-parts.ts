import { openGguf } from "@deepgrain/tensor-gpu";
import { f32Bytes, writeGgufParts } from "@deepgrain/vitest/write-gguf";
import { typedValues } from "./block-model";

/** The GGUF file at a path in three parts by their names: `stem-00001-of-00003.gguf` and so on. */
export async function partsOf(
  file: string,
  stem = "m",
): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const source = await openGguf(file);
  const tensors = source.names.map(async (name) => {
    const { shape, data } = await source.readFloat32(name);
    return { name, shape, type: 0, bytes: f32Bytes(data) };
  });
  const parts = writeGgufParts(stem, typedValues(source.values), await Promise.all(tensors), 3);
  await source.close();
  return new Map([...parts].map(([name, bytes]) => [name, new Uint8Array(bytes)]));
}
