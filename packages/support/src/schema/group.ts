import { nearestName } from "../options/nearest-name";
import { kindOf } from "../options/refuse-unknown";
import {
  type Given,
  type Option,
  type Options,
  type Others,
  Problem,
  type Settled,
} from "./option";

const LONGEST = 60; // letters of a name that is looked up or shown

function unknown(prefix: string, own: string, names: readonly string[]): Problem {
  const given = prefix + own;
  const known = names.map((name) => prefix + name);
  const name = given.length > LONGEST ? `${given.slice(0, LONGEST - 1)}…` : given;
  const near = nearestName(name, known);
  const hint =
    near === undefined ? `; options are ${known.join(", ")}` : `; did you mean "${near}"?`;
  return new Problem("ERR_ARGUMENT", `unknown option "${name}"${hint}`, { name, known });
}

/** A group in the form that is read, made once. */
interface Plan {
  readonly names: readonly string[];
  readonly defaults: Readonly<Record<string, unknown>>;
  /** Nothing has to be passed. */
  readonly isOptional: boolean;
}

const PLAN = Symbol();

const planOf = (group: Options & { [PLAN]?: Plan }): Plan =>
  group[PLAN] ?? {
    names: Object.keys(group),
    defaults: Object.fromEntries(Object.entries(group).map(([name, { usual }]) => [name, usual])),
    isOptional: Object.values(group).every(({ isRequired }) => !isRequired),
  };

/**
 * The options of a group with defaults, in a new object, or what is wrong with them. Each is read once.
 * @param name of the object, where it is not the options as a whole
 */
export function gather(group: Options, given: unknown, name?: string): object | Problem {
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    const what = name ?? "options";
    const message = `${what} must be an object, got ${kindOf(given)}`;
    return new Problem("ERR_ARGUMENT", message, { [what]: given });
  }
  const { names, defaults, isOptional } = planOf(group);
  const owns = Object.keys(given);
  if (owns.length === 0 && isOptional && Object.getPrototypeOf(given) === Object.prototype)
    return { ...defaults };
  const prefix = name === undefined ? "" : `${name}.`;
  const stranger = owns.find((own) => !Object.hasOwn(group, own));
  if (stranger !== undefined) return unknown(prefix, stranger, names);
  const settled: Record<string, unknown> = { ...defaults };
  for (const option of names) {
    const value = (given as Others)[option];
    const kind = group[option]!;
    if (value === undefined && !kind.isRequired) continue;
    const taken = kind.take(value, prefix + option, settled);
    if (taken instanceof Problem) return taken;
    settled[option] = taken;
  }
  return settled;
}

/**
 * Declares the options of a function: each with its kind, range and default. Those of another group are taken in by spreading it.
 *
 * @example
 * const gate = options({
 *   // Experts per token.
 *   k: whole({ min: 1 }, 2),
 * });
 * export interface GateOptions extends Given<typeof gate> {}
 */
// @__NO_SIDE_EFFECTS__
export const options = <Group extends Options>(group: Group): Readonly<Group> =>
  Object.freeze(Object.defineProperty({ ...group }, PLAN, { value: planOf({ ...group }) }));

/** An object with options of its own, whose defaults are filled in. */
// @__NO_SIDE_EFFECTS__
export const nested = <Group extends Options>(
  group: Group,
): Option<Given<Group>, undefined, Settled<Group>> => ({
  kind: "nested",
  usual: undefined,
  wanted: () => "an object",
  take: (value, name) => gather(group, value, name),
});
