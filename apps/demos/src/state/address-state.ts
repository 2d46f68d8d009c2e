import type { Field } from "./fields";

/** The fields of a page's state. */
// biome-ignore lint/suspicious/noExplicitAny: fields of any kind of value
export type Fields = Record<string, Field<any>>;

/** The values of fields. */
export type StateOf<F extends Fields> = {
  [Name in keyof F]: F[Name] extends Field<infer T> ? T : never;
};

/** The part of a page's state that a step of its story has; `step` is the number of the step, 0 outside of the story. */
export const STEP = "step";

/** The initial values of fields. */
export const initialOf = <F extends Fields>(fields: F): StateOf<F> =>
  Object.fromEntries(
    Object.entries(fields).map(([name, { initial }]) => [name, initial]),
  ) as StateOf<F>;

/**
 * Reads a page's state from its address. What is missing has the value that it has in `base`; so has what is wrong, with a
 * sentence about it for the visitor.
 *
 * @param hash as of `location.hash`, with or without "#"
 * @param base what the address does not say (default: the initial values)
 */
export function readState<F extends Fields>(
  fields: F,
  hash: string,
  base: StateOf<F> = initialOf(fields),
): { state: StateOf<F>; problems: string[] } {
  const given = new URLSearchParams(hash.replace(/^#/, ""));
  const problems: string[] = [];
  const entries = Object.entries(fields).map(([name, field]) => {
    const text = given.get(name);
    const read = text === null ? { value: base[name as keyof F] } : field.read(text);
    if ("value" in read) return [name, read.value] as const;
    problems.push(`${name} in the address must be ${read.expected}, so it is ignored.`);
    return [name, base[name as keyof F]] as const;
  });
  for (const name of new Set(given.keys()))
    if (!Object.hasOwn(fields, name))
      problems.push(`The address has “${shortened(name)}”, which this page does not know.`);
  return { state: Object.fromEntries(entries) as StateOf<F>, problems };
}

const shortened = (name: string) => (name.length > 20 ? `${name.slice(0, 20)}…` : name);

/** The end of an address that holds a state: "" or "#" and what differs from `base` (default: the initial values). */
export function writeState<F extends Fields>(
  fields: F,
  state: StateOf<F>,
  base: StateOf<F> = initialOf(fields),
): string {
  const said = new URLSearchParams();
  for (const [name, field] of Object.entries(fields)) {
    const text = field.write(state[name as keyof F]);
    if (text !== field.write(base[name as keyof F])) said.set(name, text);
  }
  const text = said.toString();
  return text === "" ? "" : `#${text}`;
}
