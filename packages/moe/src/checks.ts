import { MoeError } from "./errors";

/** @throws {MoeError} `ERR_RANGE` unless `value` is an integer in [min, max] */
export function assertInteger(
  where: string,
  name: string,
  value: number,
  min: number,
  max = Number.MAX_SAFE_INTEGER,
): void {
  if (!Number.isInteger(value) || value < min || value > max)
    throw new MoeError(
      "ERR_RANGE",
      `moe/${where}: ${name} must be an integer ${max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`}, got ${value}`,
      { fields: { [name]: value } },
    );
}

/** @throws {MoeError} `ERR_RANGE` unless `value` is a finite number of at least `min` (above it when `isOpen`) */
export function assertNumber(
  where: string,
  name: string,
  value: number,
  min: number,
  { isOpen = false, max = Infinity }: { isOpen?: boolean; max?: number } = {},
): void {
  if (!Number.isFinite(value) || value < min || (isOpen && value === min) || value > max)
    throw new MoeError(
      "ERR_RANGE",
      `moe/${where}: ${name} must be ${isOpen ? "above" : "at least"} ${min}${max === Infinity ? "" : ` and at most ${max}`}, got ${value}`,
      { fields: { [name]: value } },
    );
}

/** @throws {MoeError} `ERR_SHAPE` unless the shapes are equal; −1 in `wanted` means any size */
export function assertShape(
  where: string,
  name: string,
  shape: readonly number[],
  wanted: readonly number[],
): void {
  if (shape.length !== wanted.length || wanted.some((n, axis) => n >= 0 && n !== shape[axis]))
    throw new MoeError(
      "ERR_SHAPE",
      `moe/${where}: ${name} must have shape [${wanted.map((n) => (n < 0 ? "*" : n)).join(", ")}], got [${shape.join(", ")}]`,
      { fields: { shape, wanted } },
    );
}
