/** @file The form of the table that says which function has the option of a field. */

// biome-ignore lint/suspicious/noExplicitAny: other arguments may be wrong: functions read their options first
export type Callable = (...args: any[]) => unknown;
type Options = Readonly<Record<string, unknown>>;

/** The function that has an option. */
export interface Owner {
  readonly fn: Callable;
  /** Arguments before the options. */
  readonly before: readonly unknown[];
  /** The option's name there, if it is another. */
  readonly as?: string;
  /** Further options; or the options for a value, where the option stands deeper. */
  readonly beside?: Options | ((value: unknown) => Options);
  /** Why the function accepts more than the flag. */
  readonly wider?: string;
  /** Why the default is not the function's own. */
  readonly ownDefault?: string;
}

/** A group's function, and the options that others have, or none: then the reason. */
export interface Group extends Owner {
  readonly but: Readonly<Record<string, Owner | string>>;
}

/** The groups of a package's fields; a text says why no function has the options of one. */
export type Groups = Readonly<Record<string, Group | string>>;

/** @param before arguments before the options */
export const of = (
  fn: Callable,
  before: readonly unknown[] = [],
  more: Omit<Owner, "fn" | "before"> = {},
): Owner => ({ fn, before, ...more });

export const group = (owner: Owner, but: Group["but"] = {}): Group => ({ ...owner, but });

/** An argument that is wrong. */
export const any: unknown = {};

/** Options whose owner is the command. */
export const ofCommand = "is the command's own";
