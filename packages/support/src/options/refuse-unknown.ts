import { nearestName } from "./nearest-name";

type Fail = (message: string, fields: Readonly<Record<string, unknown>>) => never;

/** Something that is no object of options, in words. */
export function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "string") return `"${value}"`;
  return typeof value === "function" ? "a function" : String(value);
}

/**
 * Makes the check that options are an object. It comes before options are destructured where callers may pass anything.
 *
 * @param fail throws the package's own error
 */
export const optionsCheck =
  (fail: Fail) =>
  <Options extends object>(where: string, options: Options): Options => {
    if (typeof options === "object" && options !== null && !Array.isArray(options)) return options;
    return fail(`${where}: options must be an object, got ${kindOf(options)}`, { options });
  };

/**
 * Makes the check that ends a destructuring of options: what is left must be nothing. Its type, `Record<string, never>`,
 * makes the compiler prove that the function reads every option that its type has.
 *
 * @example
 * function verify(problem: string, { n = 8, seed = 0, ...rest }: VerifyOptions = {}) {
 *   refuseUnknown("verify", rest);
 *
 * @param fail throws the package's own error
 * @returns a function of the place, the rest, and, for the hint "did you mean", the names of the options
 */
export const unknownCheck =
  (fail: Fail) =>
  (where: string, rest: Readonly<Record<string, never>>, names: readonly string[] = []): void => {
    const [name] = Object.keys(rest);
    if (name === undefined) return;
    const near = nearestName(name, names);
    const hint = near === undefined ? "" : `; did you mean "${near}"?`;
    const list =
      near !== undefined || names.length === 0 ? "" : `; options are ${names.join(", ")}`;
    fail(`${where}: unknown option "${name}"${hint}${list}`, { name, known: names });
  };
