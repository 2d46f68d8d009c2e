import type { MetricsRecord } from "./metrics-log";

/** A value of a flat record. */
export type FlatValue = string | number | boolean | null;

/**
 * The fields of a record, those of objects in it by dotted names: `scalars.accuracy`. Lists are JSON.
 * @yields name and value
 */
export function* flattenRecord(
  record: MetricsRecord | object,
  prefix = "",
): Generator<[name: string, value: FlatValue]> {
  for (const [key, value] of Object.entries(record)) {
    const name = `${prefix}${key}`;
    if (Array.isArray(value)) yield [name, JSON.stringify(value)];
    else if (typeof value === "object" && value !== null) yield* flattenRecord(value, `${name}.`);
    else yield [name, value];
  }
}
