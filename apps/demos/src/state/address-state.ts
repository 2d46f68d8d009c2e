import type { Field } from "./fields";

/** The fields of a page's state. */
// biome-ignore lint/suspicious/noExplicitAny: fields of any kind of value
export type Fields = Record<string, Field<any>>;

/** The values of fields. */
export type StateOf<F extends Fields> = {
  [Name in keyof F]: F[Name] extends Field<infer T> ? T : never;
};

/**
 * Reads a page's state from its address. What is missing has its initial value; so has what is wrong, with a sentence
 * about it for the visitor.
 *
 * @param hash as of `location.hash`, with or without "#"
 */
export function readState<F extends Fields>(
  fields: F,
  hash: string,
): { state: StateOf<F>; problems: string[] } {
  const given = new URLSearchParams(hash.replace(/^#/, ""));
  const problems: string[] = [];
  const entries = Object.entries(fields).map(([name, field]) => {
    const text = given.get(name);
    const read = text === null ? { value: field.initial } : field.read(text);
    if ("value" in read) return [name, read.value] as const;
    problems.push(`${name} in the address must be ${read.expected}, so it is ignored.`);
    return [name, field.initial] as const;
  });
  for (const name of new Set(given.keys()))
    if (!Object.hasOwn(fields, name))
      problems.push(`The address has “${shortened(name)}”, which this page does not know.`);
  return { state: Object.fromEntries(entries) as StateOf<F>, problems };
}

const shortened = (name: string) => (name.length > 20 ? `${name.slice(0, 20)}…` : name);

/** The end of an address that holds a state: "" or "#" and what differs from the initial values. */
export function writeState<F extends Fields>(fields: F, state: StateOf<F>): string {
  const said = new URLSearchParams();
  for (const [name, field] of Object.entries(fields)) {
    const text = field.write(state[name as keyof F]);
    if (text !== field.write(field.initial)) said.set(name, text);
  }
  const text = said.toString();
  return text === "" ? "" : `#${text}`;
}
