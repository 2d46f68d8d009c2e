import { FedError } from "../../errors";

/** One tensor: numbers in row-major order. */
export interface NamedTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** A model's weights by name, the form in which models are passed between packages and over the network. */
export type NamedTensors = Map<string, NamedTensor>;

/** Named tensors that the callee only reads. */
export type ReadonlyTensors = ReadonlyMap<string, NamedTensor>;

/** Further tensors of a message or of the server's state, by group: `prototype/3` holds the prototype of class 3. */
export type TensorGroups = ReadonlyMap<string, ReadonlyTensors>;

/** Bytes of all elements in float32, without names and shapes. */
export function tensorBytes(tensors: ReadonlyTensors): number {
  let bytes = 0;
  for (const { data } of tensors.values()) bytes += data.byteLength;
  return bytes;
}

/** Bytes of all elements of all groups. */
export function groupBytes(groups: TensorGroups): number {
  let bytes = 0;
  for (const tensors of groups.values()) bytes += tensorBytes(tensors);
  return bytes;
}

/** A deep copy. */
export function cloneTensors(tensors: ReadonlyTensors): NamedTensors {
  return mapTensors(tensors, ({ data }) => data.slice());
}

/** Zeros of the same names and shapes. */
export function zerosLike(tensors: ReadonlyTensors): NamedTensors {
  return mapTensors(tensors, ({ data }) => new Float32Array(data.length));
}

/** The same names and shapes with the elements that `change` returns. */
export function mapTensors(
  tensors: ReadonlyTensors,
  change: (tensor: NamedTensor, name: string) => Float32Array,
): NamedTensors {
  const result: NamedTensors = new Map();
  for (const [name, tensor] of tensors)
    result.set(name, { shape: tensor.shape, data: change(tensor, name) });
  return result;
}

/** Only the tensors whose names `wanted` accepts; elements are shared. */
export function pickTensors(
  tensors: ReadonlyTensors,
  wanted: (name: string) => boolean,
): NamedTensors {
  return new Map([...tensors].filter(([name]) => wanted(name)));
}

/** @throws {FedError} `ERR_SHAPE` when there is no tensor of that name */
export function tensorNamed(place: string, tensors: ReadonlyTensors, name: string): NamedTensor {
  const tensor = tensors.get(name);
  if (tensor) return tensor;
  const known = [...tensors.keys()].join(", ") || "none";
  throw new FedError(
    "ERR_SHAPE",
    `fedlt/${place}: the tensor ${name} is missing, there are: ${known}`,
    {
      fields: { name },
    },
  );
}

/**
 * Checks that two sets have the same names and shapes.
 * @throws {FedError} `ERR_SHAPE` naming the first difference
 */
export function checkSameLayout(
  place: string,
  tensors: ReadonlyTensors,
  expected: ReadonlyTensors,
): void {
  for (const [name, { shape }] of expected) {
    const found = tensorNamed(place, tensors, name);
    if (found.shape.length === shape.length && found.shape.every((n, i) => n === shape[i]))
      continue;
    throw new FedError(
      "ERR_SHAPE",
      `fedlt/${place}: ${name} must have shape [${shape}], got [${found.shape}]`,
      {
        fields: { name, shape: found.shape, expected: shape },
      },
    );
  }
  for (const name of tensors.keys())
    if (!expected.has(name))
      throw new FedError(
        "ERR_SHAPE",
        `fedlt/${place}: the tensor ${name} is not part of the model`,
        {
          fields: { name },
        },
      );
}

/** Index of the first NaN or infinity, −1 without one. A plain loop, since it runs on every update of every round. */
function firstNotFinite(data: Float32Array): number {
  for (let i = 0; i < data.length; i++) if (!Number.isFinite(data[i]!)) return i;
  return -1;
}

/**
 * Checks that shapes match the data and that every element is finite.
 * @throws {FedError} `ERR_SHAPE`, `ERR_NOT_FINITE`
 */
export function checkTensors(place: string, tensors: ReadonlyTensors): void {
  for (const [name, { shape, data }] of tensors) {
    const size = shape.reduce((product, n) => product * n, 1);
    if (size !== data.length)
      throw new FedError(
        "ERR_SHAPE",
        `fedlt/${place}: ${name} of shape [${shape}] needs ${size} elements, got ${data.length}`,
        {
          fields: { name, shape, length: data.length },
        },
      );
    const bad = firstNotFinite(data);
    if (bad >= 0)
      throw new FedError(
        "ERR_NOT_FINITE",
        `fedlt/${place}: element ${bad} of ${name} is ${data[bad]}`,
        {
          fields: { name, index: bad, value: data[bad] },
        },
      );
  }
}
