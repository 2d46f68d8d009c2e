import type { ErrorClass } from "../errors/error-class";
import { shown } from "./guards";

/** Names as a sentence lists them: `ids`, `ids and weights`. */
export const listed = (names: readonly string[]) =>
  names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : names.join("");

/**
 * The checks of arguments that are not options: what callers in plain JavaScript leave out or mix up is refused with the
 * package's own `ERR_ARGUMENT`. Each returns the value; `where` is the function as its users call it, `name` the argument.
 *
 * - `having(where, name, value, ...members)`: an object, or a function, that has these members
 * - `listOf(where, name, value)`: an array or a typed array
 * - `textOf(where, name, value)`: a text
 * - `contentOf(where, name, value)`: a text or bytes
 * - `iterableOf(where, name, value)`: an object that `for … of` or `for await` can walk
 * - `folderOf(where, name, value)`: what can name or be a folder: a text, a directory's handle, a Map
 * - `functionOf(where, name, value)`: a function
 * - `mapOf(where, name, value)`: a Map
 */
export function argumentGuards<Code extends string>(Own: ErrorClass<Code>) {
  const refuse = (where: string, name: string, wanted: string, value: unknown): never => {
    throw new Own(
      "ERR_ARGUMENT" as Code,
      `${where}: ${name} must be ${wanted}, got ${shown(value)}`,
      { fields: { [name]: value } },
    );
  };
  return {
    having<Value>(
      where: string,
      name: string,
      value: Value,
      ...members: (keyof Value & string)[]
    ): Value {
      const isObject = value === Object(value) && !Array.isArray(value);
      if (isObject && members.every((member) => value[member] !== undefined)) return value;
      const wanted = members.length > 0 ? `an object with ${listed(members)}` : "an object";
      return refuse(where, name, wanted, value);
    },
    listOf<Value>(where: string, name: string, value: Value): Value {
      if (Array.isArray(value) || ArrayBuffer.isView(value)) return value;
      return refuse(where, name, "a list", value);
    },
    textOf<Value>(where: string, name: string, value: Value): Value {
      return typeof value === "string" ? value : refuse(where, name, "a text", value);
    },
    contentOf<Value>(where: string, name: string, value: Value): Value {
      if (typeof value === "string" || value instanceof Uint8Array) return value;
      return refuse(where, name, "a text or bytes", value);
    },
    iterableOf<Value>(where: string, name: string, value: Value): Value {
      const isObject = value !== null && typeof value === "object";
      if (isObject && (Symbol.iterator in value || Symbol.asyncIterator in value)) return value;
      return refuse(where, name, "an iterable", value);
    },
    folderOf<Value>(where: string, name: string, value: Value): Value {
      if (typeof value === "string" || value instanceof Map) return value;
      if ((value as { kind?: unknown } | null | undefined)?.kind === "directory") return value;
      return refuse(where, name, "a folder: a path, a directory's handle or a Map", value);
    },
    functionOf<Value>(where: string, name: string, value: Value): Value {
      return typeof value === "function" ? value : refuse(where, name, "a function", value);
    },
    mapOf<Value>(where: string, name: string, value: Value): Value {
      return value instanceof Map ? value : refuse(where, name, "a Map", value);
    },
  };
}
