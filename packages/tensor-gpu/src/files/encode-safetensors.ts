import type { OwnBytes } from "@deepgrain/support/files";
import { optionsOf, refuseUnknown } from "../errors";
import { encodeElements, type WriteData } from "./encode-elements";
import { encodeHeader, inFileOrder } from "./encode-header";
import type { NamedTensors } from "./named-tensors";
import {
  assertTensorList,
  checkLength,
  type EncodeOptions,
  type PlannedTensor,
  planTensors,
  type TensorToWrite,
} from "./plan-tensors";

/**
 * Encodes tensors as one safetensors file in memory.
 *
 * @param tensors by name, or a list of `{ name, shape, data }` where `data` may be a function that returns it
 * @param options.dtype stored type of float32 tensors, default "F32"
 * @param options.metadata text by key, in addition to `format: "pt"`
 * @returns the bytes of the file
 * @throws {TensorError} `ERR_FORMAT` for repeated or reserved names, `ERR_SHAPE` when a length does not fit its
 *   shape, `ERR_DTYPE` when an array cannot be stored as asked, `ERR_RANGE` when a number overflows the type
 */
export function encodeSafetensors(
  tensors: NamedTensors | Iterable<TensorToWrite<WriteData>>,
  options: EncodeOptions = {},
): OwnBytes {
  const { dtype = "F32", metadata, ...rest } = optionsOf("encodeSafetensors", options);
  refuseUnknown("encodeSafetensors", rest);
  assertTensorList("encodeSafetensors", tensors);
  const planned: PlannedTensor<WriteData>[] = inFileOrder(planTensors(tensors, dtype));
  const header = encodeHeader(planned, metadata);
  const dataBytes = planned.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const file = new Uint8Array(header.length + dataBytes);
  file.set(header);
  let at = header.length;
  for (const tensor of planned) {
    const data = typeof tensor.data === "function" ? tensor.data() : tensor.data;
    checkLength(tensor.name, tensor.shape, data);
    for (const bytes of encodeElements(tensor.name, tensor.dtype, data)) {
      file.set(bytes, at);
      at += bytes.length;
    }
  }
  return file;
}
