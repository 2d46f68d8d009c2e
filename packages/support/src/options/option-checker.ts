import { nearestName } from "./nearest-name";
import { kindOf } from "./refuse-unknown";

/** The names of a type's options: an object that lacks one, or has another, does not compile. */
export type OptionNames<Options> = Readonly<Record<keyof Options, true>>;

/**
 * Makes the check of options that a package's functions begin with.
 *
 * @param packageName as errors name it: `tensor-gpu`
 * @param fail throws the package's own error
 * @returns a function of the place, the options as given, and the names of all options of their type. It returns the
 *   options; what is no object, or has a name that is not known, goes to `fail`.
 */
export function optionChecker(
  packageName: string,
  fail: (message: string, fields: Readonly<Record<string, unknown>>) => never,
) {
  const refuse = (where: string, name: string, names: object): never => {
    const known = Object.keys(names);
    const near = nearestName(name, known);
    const hint = near === undefined ? "" : `; did you mean "${near}"?`;
    const list = near === undefined ? `; options are ${known.join(", ")}` : "";
    return fail(`${packageName}/${where}: unknown option "${name}"${hint}${list}`, { name, known });
  };
  return function knownOptions<Options extends object>(
    where: string,
    options: Options,
    names: OptionNames<NoInfer<Options>>,
  ): Options {
    if (typeof options !== "object" || options === null || Array.isArray(options))
      fail(`${packageName}/${where}: options must be an object, got ${kindOf(options)}`, {
        options,
      });
    for (const name in options) if (!Object.hasOwn(names, name)) refuse(where, name, names);
    return options;
  };
}
