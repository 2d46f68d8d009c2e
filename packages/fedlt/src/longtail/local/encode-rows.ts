import { takeTurn } from "@deepgrain/support";
import { optionsOf, refuseUnknown } from "../../errors";
import type { ReadonlyTensors } from "../../federation/tensors/named-tensors";
import type { Dataset } from "../data/dataset";
import type { Encoder } from "./encoder";

/**
 * Features of all rows in evaluation mode, computed in chunks so that memory use is bounded.
 * @returns shape [rows, width]
 */
export async function encodeRows(
  encoder: Encoder,
  params: ReadonlyTensors,
  { inputs, labels, width }: Dataset,
  options: { chunk?: number | undefined; signal?: AbortSignal | undefined } = {},
): Promise<Float32Array> {
  const { chunk = 512, signal, ...rest } = optionsOf("encodeRows", options);
  refuseUnknown("encodeRows", rest);
  const features = new Float32Array(labels.length * encoder.width);
  for (let row = 0; row < labels.length; row += chunk) {
    await takeTurn();
    signal?.throwIfAborted();
    const rows = Math.min(chunk, labels.length - row);
    const part = inputs.subarray(row * width, (row + rows) * width);
    features.set(await encoder.encode(params, part, rows), row * encoder.width);
  }
  return features;
}
