import { assertKind, TensorError } from "../errors";
import { DTYPES } from "./dtypes";
import { naturalDtype, type WriteData, type WriteDtype } from "./encode-elements";
import type { NamedTensors } from "./named-tensors";

/** A tensor to be written. `data` may be a function, which is called once, when the tensor is written. */
export interface TensorToWrite<Lazy = WriteData | Promise<WriteData>> {
  readonly name: string;
  readonly shape: readonly number[];
  /** Stored type; default: floats as set by the `dtype` option (functions count as floats), others unchanged. */
  readonly dtype?: WriteDtype | undefined;
  /** prod(`shape`) elements, row-major. */
  readonly data: WriteData | (() => Lazy);
}

/** Float types available for a whole file. */
export type FloatDtype = "F32" | "BF16" | "F16";

/** Options of the writers. */
export interface EncodeOptions {
  /** Stored type of float32 tensors, rounded to nearest, ties to even, where narrower; default "F32". */
  dtype?: FloatDtype | undefined;
  /** Free text by key, in addition to `format: "pt"`, which Hugging Face loaders require. */
  metadata?: Readonly<Record<string, string>> | undefined;
}

/** A tensor with everything that the header needs. */
export interface PlannedTensor<Lazy = WriteData | Promise<WriteData>> {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: WriteDtype;
  readonly sizeBytes: number;
  readonly data: WriteData | (() => Lazy);
}

/** Refuses what holds no tensors. @throws {TensorError} `ERR_ARGUMENT` */
export function assertTensorList(where: string, tensors: unknown): void {
  const isList = typeof tensors === "object" && tensors !== null && Symbol.iterator in tensors;
  assertKind(isList, where, "tensors must be a Map by name or a list", tensors);
}

/**
 * Checks tensors and determines their types, without evaluating lazy data.
 *
 * @throws {TensorError} `ERR_FORMAT` for a repeated or reserved name, `ERR_SHAPE` for a bad shape or a length
 *   that does not fit it
 */
export function planTensors<Lazy>(
  tensors: NamedTensors | Iterable<TensorToWrite<Lazy>>,
  floats: FloatDtype,
): PlannedTensor<Lazy>[] {
  const names = new Set(["__metadata__"]);
  const planned: PlannedTensor<Lazy>[] = [];
  for (const { name, shape, dtype, data } of listed(tensors)) {
    if (names.has(name)) {
      const message = `tensor-gpu/safetensors: names must be unique and not __metadata__, got ${name}`;
      throw new TensorError("ERR_FORMAT", message, { fields: { name } });
    }
    names.add(name);
    const stored = dtype ?? (typeof data === "function" ? floats : naturalDtype(data, floats));
    const length = elementCount(name, shape);
    if (typeof data !== "function") checkLength(name, shape, data);
    const sizeBytes = length * DTYPES[stored].sizeBytes;
    planned.push({ name, shape: [...shape], dtype: stored, sizeBytes, data });
  }
  return planned;
}

function* listed<Lazy>(
  tensors: NamedTensors | Iterable<TensorToWrite<Lazy>>,
): Generator<TensorToWrite<Lazy>> {
  if (!(tensors instanceof Map)) yield* tensors as Iterable<TensorToWrite<Lazy>>;
  else for (const [name, { shape, data }] of tensors as NamedTensors) yield { name, shape, data };
}

function elementCount(name: string, shape: readonly number[]): number {
  const length = shape.reduce((product, size) => product * size, 1);
  const isValid = shape.every((size) => Number.isSafeInteger(size) && size >= 0);
  if (isValid && Number.isSafeInteger(length * 8)) return length;
  const message = `tensor-gpu/safetensors: the shape of ${name} must be whole numbers, got [${shape}]`;
  throw new TensorError("ERR_SHAPE", message, { fields: { name, shape } });
}

/** @throws {TensorError} `ERR_SHAPE` when `data` does not have prod(`shape`) elements */
export function checkLength(name: string, shape: readonly number[], data: WriteData): void {
  const wanted = shape.reduce((product, size) => product * size, 1);
  if (data.length === wanted) return;
  const message = `tensor-gpu/safetensors: ${name} of shape [${shape}] must have ${wanted} elements, got ${data.length}`;
  throw new TensorError("ERR_SHAPE", message, { fields: { name, shape, length: data.length } });
}
