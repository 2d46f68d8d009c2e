/** @file Checks of arguments that several functions share. */
import type { Tensor } from "@deepgrain/tensor-gpu";
import { AlignError } from "./errors";

/** @throws {AlignError} `ERR_RANGE` unless `least` ≤ value ≤ `most` (with `isOpen`, `least` itself is refused) */
export function checkNumber(
  caller: string,
  name: string,
  value: number,
  { least = 0, most = Infinity, isOpen = false } = {},
): void {
  const isAbove = isOpen ? value > least : value >= least;
  if (isAbove && value <= most && Number.isFinite(value)) return;
  const low = isOpen ? `above ${least}` : `at least ${least}`;
  const high = most === Infinity ? "" : ` and at most ${most}`;
  throw new AlignError(
    "ERR_RANGE",
    `align/${caller}: ${name} must be ${low}${high}, got ${value}`,
    {
      fields: { [name]: value },
    },
  );
}

/** @throws {AlignError} `ERR_RANGE` unless the value is a whole number of at least `least` */
export function checkWhole(caller: string, name: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new AlignError(
    "ERR_RANGE",
    `align/${caller}: ${name} must be a whole number of at least ${least}, got ${value}`,
    { fields: { [name]: value } },
  );
}

/** @throws {AlignError} `ERR_SHAPE` unless both tensors have the same shape */
export function checkSameShape(caller: string, name: string, tensor: Tensor, like: Tensor): void {
  if (tensor.shape.join() === like.shape.join()) return;
  throw new AlignError(
    "ERR_SHAPE",
    `align/${caller}: ${name} must have shape [${like.shape.join(", ")}], got [${tensor.shape.join(", ")}]`,
    { fields: { name, shape: tensor.shape, wanted: like.shape } },
  );
}

/** @throws {AlignError} `ERR_SHAPE` unless the list has `length` entries */
export function checkLength(
  caller: string,
  name: string,
  list: ArrayLike<number>,
  length: number,
): void {
  if (list.length === length) return;
  throw new AlignError(
    "ERR_SHAPE",
    `align/${caller}: ${name} must have ${length} entries, got ${list.length}`,
    { fields: { name, length: list.length, wanted: length } },
  );
}

/** @throws {AlignError} `ERR_NOT_FINITE` naming the first entry that is NaN or infinite */
export function checkFinite(caller: string, name: string, list: ArrayLike<number>): void {
  for (let i = 0; i < list.length; i++)
    if (!Number.isFinite(list[i]))
      throw new AlignError(
        "ERR_NOT_FINITE",
        `align/${caller}: ${name}[${i}] must be a finite number, got ${list[i]}`,
        { fields: { name, index: i, value: list[i] } },
      );
}
