/** @file Places of a schema, as JSON pointers (RFC 6901) with `#` in front. */
import { LmError } from "../errors";

/** Characters of a text in a message. */
const LONGEST = 400;

const shortened = (text: string) =>
  text.length > LONGEST ? `${text.slice(0, LONGEST / 2)}…${text.slice(-LONGEST / 4)}` : text;

/** @throws {LmError} `ERR_ARGUMENT` naming the place, after a word on the whole */
export function refuse(path: string, what: string, fields: object = {}, whole = ""): never {
  const short = shortened(path);
  throw new LmError("ERR_ARGUMENT", `lm/jsonSchema: ${whole}${short}: ${shortened(what)}`, {
    fields: { path: short, ...fields },
  });
}

export const isObject = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The place of a value inside another one. */
export const place = (path: string, name: string | number): string =>
  `${path}/${String(name).replaceAll("~", "~0").replaceAll("/", "~1")}`;

/** The name that a step of a reference spells; undefined where its escapes are malformed. */
export function nameOf(step: string): string | undefined {
  try {
    return decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~");
  } catch {
    return undefined;
  }
}
