import { shown } from "@deepgrain/support";
import { refuseField } from "../http/refusal";

/** Bounds of a number. */
interface Bounds {
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

/**
 * The fields of a JSON object. A field that is `null` counts as left out, as in the API. Whatever is not read is refused by
 * `end`; every refusal names the field.
 */
export interface Fields {
  /** The path of a field, as errors name it. */
  path(name: string): string;
  /** A field as it is, undefined if it is left out. */
  any(name: string): unknown;
  /** A whole number. */
  whole(name: string, bounds?: Bounds): number | undefined;
  /** A finite number. */
  real(name: string, bounds?: Bounds): number | undefined;
  boolean(name: string): boolean | undefined;
  text(name: string): string | undefined;
  /** An object. */
  object(name: string): Fields | undefined;
  /** Reads fields that change nothing here. */
  ignore(names: readonly string[]): void;
  /** Names of fields that have not been read. */
  unread(): string[];
  /** Refuses what was not read. @throws {ServeError} `ERR_REQUEST`, status 400 */
  end(): void;
}

const inWords = ({ min, max }: Bounds) =>
  min !== undefined && max !== undefined
    ? ` from ${min} to ${max}`
    : min !== undefined
      ? ` of at least ${min}`
      : "";

/** Refuses a text that cannot be written as UTF-8. @throws {ServeError} `ERR_REQUEST`, status 400 */
export function checkedText(path: string, value: unknown): string {
  if (typeof value !== "string")
    return refuseField(path, `${path} must be a string, got ${shown(value)}.`);
  if (/\p{Surrogate}/u.test(value)) refuseField(path, `${path} has half of a surrogate pair.`);
  return value;
}

/**
 * Reads an object's fields.
 *
 * @param path of the object, with a point or nothing at its end
 * @throws {ServeError} `ERR_REQUEST`, status 400, if it is no object
 */
export function fieldsOf(value: unknown, path = ""): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    const name = path.replace(/\.$/, "");
    const what = name === "" ? "The body" : name;
    return refuseField(name, `${what} must be an object, got ${shown(value)}.`);
  }
  const entries = new Map(Object.entries(value));
  const read = new Set<string>();
  const at = (name: string) => path + name;
  const any = (name: string): unknown => {
    read.add(name);
    return entries.get(name) ?? undefined;
  };
  const number =
    (kind: string, isKind: (given: unknown) => boolean) =>
    (name: string, bounds: Bounds = {}): number | undefined => {
      const given = any(name);
      if (given === undefined) return undefined;
      const { min = -Infinity, max = Infinity } = bounds;
      if (isKind(given) && (given as number) >= min && (given as number) <= max)
        return given as number;
      const wanted = `${at(name)} must be ${kind}${inWords(bounds)}`;
      return refuseField(at(name), `${wanted}, got ${shown(given)}.`);
    };
  const unread = () => [...entries.keys()].filter((name) => !read.has(name));
  return {
    path: at,
    any,
    whole: number("a whole number", Number.isSafeInteger),
    real: number("a number", Number.isFinite),
    boolean(name) {
      const given = any(name);
      if (given === undefined || typeof given === "boolean") return given;
      return refuseField(at(name), `${at(name)} must be true or false, got ${shown(given)}.`);
    },
    text(name) {
      const given = any(name);
      return given === undefined ? undefined : checkedText(at(name), given);
    },
    object(name) {
      const given = any(name);
      return given === undefined ? undefined : fieldsOf(given, `${at(name)}.`);
    },
    ignore: (names) => names.forEach(any),
    unread,
    end() {
      const [first] = unread();
      if (first !== undefined)
        refuseField(at(first), `${at(first).slice(0, 100)} is no field that this server knows.`);
    },
  };
}
