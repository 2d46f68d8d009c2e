import type { ErrorClass } from "../errors/error-class";
import { gather } from "./group";
import { type Given, type Option, type Options, Problem, type Settled } from "./option";

/**
 * Makes what a package's functions begin with. Both refuse with the package's own error: `ERR_RANGE` for a number outside its
 * range, `ERR_ARGUMENT` for all else. `where` is the function as its users call it.
 *
 * - `read(group, where, given)`: the options, with defaults; refuses those that do not exist with the name that was meant
 * - `check(where, name, value, option)`: one argument; returns it
 */
export function reader<Code extends string>(Own: ErrorClass<Code>) {
  const guarded = (where: string, name: string, take: () => unknown): unknown => {
    let [taken, cause] = [undefined as unknown, undefined as unknown];
    try {
      taken = take();
    } catch (thrown) {
      // By a getter or a proxy of the caller, or because objects hold each other.
      [taken, cause] = [new Problem("ERR_ARGUMENT", `${name} cannot be read`, {}), thrown];
    }
    if (!(taken instanceof Problem)) return taken;
    const { code, message, fields } = taken;
    throw new Own(code as Code, `${where}: ${message}`, { fields, cause });
  };
  return {
    read: <Group extends Options>(group: Group, where: string, given: Given<NoInfer<Group>>) =>
      guarded(where, "options", () => gather(group, given)) as Settled<Group>,
    check: <Value, Read>(
      where: string,
      name: string,
      value: unknown,
      option: Option<Value, unknown, Read>,
    ) => guarded(where, name, () => option.take(value, name, {})) as Read,
  };
}
