/** @file Places of a schema, as JSON pointers (RFC 6901) with `#` in front. */
import { shown } from "@deepgrain/support";
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

/** Whether a schema is a reference and nothing else, as most of large ones are. */
export function isReferenceAlone(schema: object): boolean {
  for (const name in schema) if (name !== "$ref") return false;
  return Object.hasOwn(schema, "$ref");
}

/** The place of a value inside another one. */
export const place = (path: string, name: string | number): string =>
  `${path}/${String(name).replaceAll("~", "~0").replaceAll("/", "~1")}`;

/** The name that a step of a reference spells; undefined where its escapes are malformed. */
function nameOf(step: string): string | undefined {
  try {
    return decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~");
  } catch {
    return undefined;
  }
}

/**
 * The value that a reference names.
 * @param path of the reference
 * @throws {LmError} `ERR_ARGUMENT` for one that leads outside, to nothing, or is malformed
 */
export function referred(root: unknown, $ref: unknown, path: string): unknown {
  if (typeof $ref !== "string" || !/^#(\/|$)/.test($ref))
    return refuse(path, "$ref must begin with # and name a place of this schema");
  let target: unknown = root;
  for (const step of $ref.split("/").slice(1)) {
    const name = nameOf(step);
    if (name === undefined)
      return refuse(path, `$ref must be percent-encoded UTF-8, got ${shown($ref)}`);
    const inside = typeof target === "object" && target !== null && Object.hasOwn(target, name);
    if (!inside) return refuse(path, `$ref ${$ref} names nothing`);
    target = (target as Record<string, unknown>)[name];
  }
  return target;
}
