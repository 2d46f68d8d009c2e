import type { ErrorClass } from "../errors/error-class";
import { shown } from "./guards";

/** Names as a sentence lists them: `ids`, `ids and weights`. */
const listed = (names: readonly string[]) =>
  names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : names.join("");

/**
 * The checks of arguments that are not options: what callers in plain JavaScript leave out or mix up is refused with the
 * package's own `ERR_ARGUMENT`. Each returns the value; `where` is the function as its users call it, `name` the argument.
 *
 * - `having(where, name, value, ...members)`: an object, or a function, that has these members
 * - `listOf(where, name, value)`: an array or a typed array
 * - `textOf(where, name, value)`: a text
 * - `functionOf(where, name, value)`: a function
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
    functionOf<Value>(where: string, name: string, value: Value): Value {
      return typeof value === "function" ? value : refuse(where, name, "a function", value);
    },
  };
}
