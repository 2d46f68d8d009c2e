import type { GgufFile, GgufValue } from "@deepgrain/tensor-gpu";
import { LmError } from "../errors";

/** Typed access to the values of a GGUF file's head. */
export interface GgufValues {
  /** The number under a key, or undefined. @throws {LmError} `ERR_FORMAT` for what is no number */
  number(key: string): number | undefined;
  /** @throws {LmError} `ERR_FORMAT` naming the key where it is missing */
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

/** The values of a file, with what a key must hold. */
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
