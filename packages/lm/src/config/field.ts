import { LmError } from "../errors";

/** A parsed JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Element types that configurations name. */
export const configDtypes = [
  "float64",
  "float32",
  "float16",
  "bfloat16",
  "float8_e4m3fn",
  "float8_e5m2",
] as const;

export type ConfigDtype = (typeof configDtypes)[number];

/** How one property of a typed config is read from, and written to, config.json. */
export interface Field<T> {
  /** The keys of config.json that it reads. */
  readonly keys: readonly string[];
  read(json: JsonObject): T;
  write(json: Record<string, unknown>, value: T): void;
}

/** One field for each property of a config. */
export type FieldTable<T> = { readonly [Name in keyof T]: Field<T[Name]> };

/**
 * A default value, or a function that computes it from the other keys. A key that is null counts as absent only where
 * the default is computed or null, as in the Python configuration classes.
 */
export type Default<T> = T | ((json: JsonObject) => T);

/** A value in a message, at most 80 characters of it, however deep it is nested. */
export function shortText(value: unknown): string {
  if (typeof value === "object" && value !== null)
    return Array.isArray(value) ? `a list of ${value.length}` : "an object";
  return (JSON.stringify(value) ?? String(value)).slice(0, 80);
}

/** The error for a key with a wrong value. */
export function configError(key: string, wanted: string, value: unknown): LmError {
  const text = shortText(value);
  return new LmError("ERR_CONFIG", `lm/parseConfig: ${key} must be ${wanted}, got ${text}`, {
    fields: { key, value },
  });
}

/** A field under one key whose values `isValid` accepts. */
export function field<T>(
  key: string,
  fallback: Default<T>,
  wanted: string,
  isValid: (value: unknown) => boolean,
): Field<T> {
  const isComputed = typeof fallback === "function";
  return {
    keys: [key],
    read(json) {
      const value = json[key];
      const isAbsent = value === undefined || (value === null && (isComputed || fallback === null));
      if (isAbsent) return isComputed ? (fallback as (json: JsonObject) => T)(json) : fallback;
      if (!isValid(value)) throw configError(key, wanted, value);
      return value as T;
    },
    write(json, value) {
      json[key] = value;
    },
  };
}

/** A whole number of at least `minimum` (default 1). */
export function integer<T extends number | null = number>(
  key: string,
  fallback: Default<T>,
  minimum = 1,
): Field<T> {
  const isValid = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= minimum;
  return field(key, fallback, `a whole number of at least ${minimum}`, isValid);
}

/** A finite number, at least `minimum` (default 0) and at most `maximum`. */
export function real(
  key: string,
  fallback: Default<number>,
  {
    minimum = 0,
    maximum = Number.MAX_VALUE,
  }: { minimum?: number | undefined; maximum?: number | undefined } = {},
): Field<number> {
  const bound =
    maximum === Number.MAX_VALUE ? `at least ${minimum}` : `from ${minimum} to ${maximum}`;
  const isValid = (value: unknown) =>
    typeof value === "number" && value >= minimum && value <= maximum;
  return field(key, fallback, `a number ${bound}`, isValid);
}

/** A number above 0. */
export function positive(key: string, fallback: Default<number>): Field<number> {
  const isValid = (value: unknown) =>
    typeof value === "number" && value > 0 && Number.isFinite(value);
  return field(key, fallback, "a number above 0", isValid);
}

/** True or false. */
export function flag(key: string, fallback: boolean): Field<boolean> {
  return field(key, fallback, "true or false", (value) => typeof value === "boolean");
}

/** One of a few words; `aliases` are other spellings that are read as one of them. */
export function choice<T extends string>(
  key: string,
  words: readonly T[],
  fallback: T,
  aliases: Readonly<Record<string, T>> = {},
): Field<T> {
  const wanted = `one of ${words.map((word) => `"${word}"`).join(", ")}`;
  const plain = field<T>(key, fallback, wanted, (value) => words.includes(value as T));
  return {
    ...plain,
    read(json) {
      const value = json[key];
      const isAlias = typeof value === "string" && Object.hasOwn(aliases, value);
      return isAlias ? aliases[value]! : plain.read(json);
    },
  };
}

/** A property that the family's class has not: it has one value, and no key is read for it. */
export function constant<T>(name: string, value: T): Field<T> {
  return {
    keys: [],
    read: () => value,
    write(_, changed) {
      if (changed !== value) throw configError(name, `${shortText(value)} in this family`, changed);
    },
  };
}

/** The fields of a config as a list. */
export type Fields = readonly [name: string, field: Field<unknown>][];

const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** Writes the properties of a config that differ from what `json` says, and leaves its other keys as they are. */
export function writeChanged(
  json: Record<string, unknown>,
  fields: Fields,
  config: Readonly<Record<string, unknown>>,
): void {
  // The second pass writes defaults that follow from a changed key.
  for (let pass = 0; pass < 2; pass++)
    for (const [name, field] of fields)
      if (!isSame(field.read(json), config[name])) field.write(json, config[name]);
}
