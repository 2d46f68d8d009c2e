import { type NamedTensors, writeSafetensors } from "@deepgrain/tensor-gpu";
import { knownOptions } from "../known-options";

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
  { rows, kind, at }: FisherNotes,
  options: { signal?: AbortSignal } = {},
): Promise<void> {
  const { signal } = knownOptions("writeFisher", options, { signal: true });
  const metadata = { content: "diagonal Fisher information", rows: String(rows), kind, at };
  await writeSafetensors(path, fisher, { metadata, signal });
}
