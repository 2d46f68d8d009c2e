/** @file Which loaded copy of this package an object belongs to. Two copies have two memories, so their tensors do not mix. */
import { fail } from "../errors";

/** Filled in when the package is built. */
declare const DEEPGRAIN_VERSION: string | undefined;

/** One loaded copy of the package. */
interface Copy {
  readonly version: string;
  /** Address of the file it was loaded from. */
  readonly url: string;
}

const key = Symbol.for("deepgrain.tensor-gpu.copy");

const thisCopy: Copy = {
  version: typeof DEEPGRAIN_VERSION === "string" ? DEEPGRAIN_VERSION : "from source",
  url: import.meta.url,
};

const show = ({ version, url }: Copy): string => `${version} (${url})`;

/** Marks the objects of a class as this copy's. */
export function markCopy(type: { readonly prototype: object }): void {
  Object.defineProperty(type.prototype, key, { value: thisCopy });
}

/** @throws {TensorError} `ERR_ARGUMENT` for an object of another copy, naming both copies */
export function assertThisCopy(op: string, value: unknown): void {
  if (typeof value !== "object" || value === null || !(key in value)) return;
  const other = value[key] as Copy;
  if (other === thisCopy) return;
  fail(
    "ERR_ARGUMENT",
    `${op}: two copies of @deepgrain/tensor-gpu are loaded, ${show(thisCopy)} and ${show(other)}, and their tensors do not mix; install one (npm ls @deepgrain/tensor-gpu shows both)`,
    { op, copies: [thisCopy, other] },
  );
}
