import type { Field, JsonObject } from "./field";
import { configError, field, integer } from "./field";

/** Whether a layer's queries attend to all keys or only to the last few. */
export type LayerType = "full_attention" | "sliding_attention";

const types: readonly unknown[] = ["full_attention", "sliding_attention"];

/** A number that files may set to null, which is not the same as leaving it out. */
export function nullable(key: string, fallback: number | null): Field<number | null> {
  const plain = integer<number | null>(key, null);
  return { ...plain, read: (json) => (json[key] === undefined ? fallback : plain.read(json)) };
}

/** A cap: null for none. */
export function cap(key: string, fallback: number | null): Field<number | null> {
  const isValid = (value: unknown) => value === null || (typeof value === "number" && value > 0);
  return {
    ...field<number | null>(key, fallback, "a number above 0 or null", isValid),
    read(json) {
      const value = json[key];
      if (value === undefined) return fallback;
      if (!isValid(value)) throw configError(key, "a number above 0 or null", value);
      return value as number | null;
    },
  };
}

/** The list of the file, or one made for the number of layers. */
export function layerTypes(
  layers: Field<number>,
  typeOf: (layer: number, json: JsonObject) => LayerType,
): Field<readonly LayerType[]> {
  const isValid = (value: unknown) =>
    Array.isArray(value) && value.every((type) => types.includes(type));
  return field<readonly LayerType[]>(
    "layer_types",
    (json) =>
      Array.from({ length: Math.min(layers.read(json), 10_000) }, (_, i) => typeOf(i, json)),
    "a list of full_attention and sliding_attention",
    isValid,
  );
}
