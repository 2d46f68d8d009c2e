import { FedError } from "../../errors";
import { mapTensors, type NamedTensors, type ReadonlyTensors } from "./named-tensors";

/** Number of elements of all tensors. */
export function countElements(tensors: ReadonlyTensors): number {
  let count = 0;
  for (const { data } of tensors.values()) count += data.length;
  return count;
}

/** All elements one after another, in the order of the names. */
export function flatten(tensors: ReadonlyTensors): Float64Array {
  const flat = new Float64Array(countElements(tensors));
  let at = 0;
  for (const { data } of tensors.values()) {
    flat.set(data, at);
    at += data.length;
  }
  return flat;
}

/**
 * The reverse of `flatten`: elements of `flat` with the names and shapes of `like`.
 * @throws {FedError} `ERR_SHAPE` when the lengths differ
 */
export function unflatten(flat: ArrayLike<number>, like: ReadonlyTensors): NamedTensors {
  const count = countElements(like);
  if (flat.length !== count)
    throw new FedError(
      "ERR_SHAPE",
      `fedlt/unflatten: there must be ${count} elements, got ${flat.length}`,
    );
  let at = 0;
  return mapTensors(like, ({ data }) => {
    const part = new Float32Array(data.length);
    for (let i = 0; i < part.length; i++) part[i] = flat[at + i]!;
    at += part.length;
    return part;
  });
}
