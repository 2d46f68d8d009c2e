import { type NamedTensors, writeSafetensors } from "@deepgrain/tensor-gpu";
import { optionsOf, refuseUnknown, textOf } from "../errors";

/** Notes of a Fisher file: how the values were computed. */
export interface FisherNotes {
  readonly rows: number;
  readonly kind: "empirical" | "true";
  /** At which weights, such as "init". */
  readonly at: string;
}

/** Writes Fisher values as a safetensors file, float32, with notes in its metadata. @throws {TensorError} `ERR_IO` */
export async function writeFisher(
  path: string,
  fisher: NamedTensors,
  settings: FisherNotes,
  options: { signal?: AbortSignal | undefined } = {},
): Promise<void> {
  textOf("writeFisher", "path", path);
  const { rows, kind, at } = optionsOf("writeFisher", settings);
  const { signal, ...rest } = optionsOf("writeFisher", options);
  refuseUnknown("writeFisher", rest);
  const metadata = { content: "diagonal Fisher information", rows: String(rows), kind, at };
  await writeSafetensors(path, fisher, { metadata, signal });
}
