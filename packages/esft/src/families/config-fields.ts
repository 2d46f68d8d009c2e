import { EsftError } from "../errors";
import { shortText } from "../files/json-object";

/** Reads typed fields of a model's `config.json`, naming the field and the wanted value when one is wrong. */
export interface ConfigFields {
  integer(key: string, fallback?: number): number;
  number(key: string, fallback: number): number;
  boolean(key: string, fallback: boolean): boolean;
  oneOf<T extends string>(key: string, values: readonly T[], fallback: T): T;
  integers(key: string): readonly number[];
  /** Maximum number of decoder blocks. */
  layers(): number;
  /** Routed experts in a layer, under the family's key. */
  experts(key: string, fallback?: number): number;
}

const mostLayers = 10_000;
/** Maximum number of routed experts per layer. */
export const MOST_EXPERTS = 65_536;

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
      `esft/moeLayout: config.json: ${key} must be ${wanted}, got ${shortText(value)}`,
      { fields: { file: "config.json", key, value } },
    );
  };
  const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
  const upTo = (most: number, key: string, fallback?: number) =>
    read(
      key,
      fallback,
      `an integer from 0 to ${most}`,
      (value) => isCount(value) && (value as number) <= most,
    );
  return {
    integer: (key, fallback) => read(key, fallback, "an integer of at least 0", isCount),
    layers: () => upTo(mostLayers, "num_hidden_layers"),
    experts: (key, fallback) => upTo(MOST_EXPERTS, key, fallback),
    number: (key, fallback) => read(key, fallback, "a finite number", Number.isFinite),
    boolean: (key, fallback) =>
      read(key, fallback, "true or false", (value) => typeof value === "boolean"),
    oneOf: (key, values, fallback) =>
      read(key, fallback, `one of ${values.join(", ")}`, (value) =>
        (values as readonly unknown[]).includes(value),
      ),
    integers: (key) =>
      read(key, [], "a list of integers", (value) => Array.isArray(value) && value.every(isCount)),
  };
}
