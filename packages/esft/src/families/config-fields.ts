import { EsftError } from "../errors";

/** Reads typed fields of a model's `config.json`, naming the field and the wanted value when one is wrong. */
export interface ConfigFields {
  integer(key: string, fallback?: number): number;
  number(key: string, fallback: number): number;
  boolean(key: string, fallback: boolean): boolean;
  oneOf<T extends string>(key: string, values: readonly T[], fallback: T): T;
  integers(key: string): readonly number[];
}

/** @throws {EsftError} `ERR_FORMAT` from its methods */
export function configFields(config: Readonly<Record<string, unknown>>): ConfigFields {
  const read = <T>(
    key: string,
    fallback: T | undefined,
    wanted: string,
    isRight: (value: unknown) => boolean,
  ): T => {
    const value = config[key] ?? fallback;
    if (isRight(value)) return value as T;
    throw new EsftError(
      "ERR_FORMAT",
      `esft/moeLayout: config.json: ${key} must be ${wanted}, got ${JSON.stringify(value)}`,
      { file: "config.json", key, value },
    );
  };
  const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
  return {
    integer: (key, fallback) => read(key, fallback, "a whole number of at least 0", isCount),
    number: (key, fallback) => read(key, fallback, "a finite number", Number.isFinite),
    boolean: (key, fallback) =>
      read(key, fallback, "true or false", (value) => typeof value === "boolean"),
    oneOf: (key, values, fallback) =>
      read(key, fallback, `one of ${values.join(", ")}`, (value) =>
        (values as readonly unknown[]).includes(value),
      ),
    integers: (key) =>
      read(
        key,
        [],
        "a list of whole numbers",
        (value) => Array.isArray(value) && value.every(isCount),
      ),
  };
}
