import type { GgufFile, GgufValue } from "@deepgrain/tensor-gpu";
import { LmError } from "../errors";

/** Typed access to the values in a GGUF file's header. */
export interface GgufValues {
  /** The number under a key, or undefined. @throws {LmError} `ERR_FORMAT` for a value that is not a number */
  number(key: string): number | undefined;
  /** @throws {LmError} `ERR_FORMAT` naming the key if it is missing */
  needed(key: string): number;
  text(key: string): string | undefined;
  flag(key: string): boolean | undefined;
  list(key: string): readonly GgufValue[] | undefined;
}

const wrongType = (key: string, wanted: string, value: GgufValue | undefined) =>
  new LmError(
    "ERR_FORMAT",
    `lm/gguf: ${key} must be ${wanted}, got ${value === undefined ? "nothing" : typeof value}`,
    { fields: { key } },
  );

/** Reads values of a file, with the type that a key must have. */
export function ggufValues({ values }: Pick<GgufFile, "values">): GgufValues {
  const read =
    <T extends GgufValue>(wanted: string, isRight: (value: GgufValue) => value is T) =>
    (key: string): T | undefined => {
      const value = values.get(key);
      if (value === undefined) return undefined;
      if (isRight(value)) return value;
      throw wrongType(key, wanted, value);
    };
  const number = read("a number", (value) => typeof value === "number");
  return {
    number,
    needed(key) {
      const value = number(key);
      if (value === undefined) throw wrongType(key, "a number", value);
      return value;
    },
    text: read("a text", (value) => typeof value === "string"),
    flag: read("a flag", (value) => typeof value === "boolean"),
    list: read("a list", (value): value is readonly GgufValue[] => Array.isArray(value)),
  };
}
