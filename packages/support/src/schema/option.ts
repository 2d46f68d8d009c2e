/** A fault of a value, without the place. */
export class Problem {
  constructor(
    readonly code: "ERR_ARGUMENT" | "ERR_RANGE",
    readonly message: string,
    readonly fields: Readonly<Record<string, unknown>>,
  ) {}
}

/** The options of a group that were read so far, for bounds that another option sets. */
export type Others = Readonly<Record<string, unknown>>;

/**
 * The description of one option: its kind, its range, its default, and how it is checked. `Given` are the values that callers
 * may pass, `Usual` is the type of the default, and `Read` what the function gets.
 */
export interface Option<Given = unknown, Usual = unknown, Read = Given> {
  readonly kind: string;
  /** The value where the option is left out. */
  readonly usual: Usual;
  readonly isRequired?: boolean;
  /** Of a number. */
  readonly range?: object;
  readonly choices?: readonly unknown[];
  /** Of the entries of a list or a record, or of alternatives. */
  readonly kinds?: readonly Option[];
  /** For the compiler only. */
  readonly types?: { readonly given: Given; readonly read: Read };
  /** The kind in words, as messages have it after "must be". */
  wanted(others: Others): string;
  /** The value to go on with, or a `Problem`. Neither changes nor copies what was passed. */
  take(value: unknown, name: string, others: Others): unknown;
}

/** An option that may not be left out. */
export interface Required<Given = unknown, Read = Given> extends Option<Given, undefined, Read> {
  readonly isRequired: true;
}

/** A group of options by their names. */
export type Options = Readonly<Record<string, Option>>;

export type GivenTo<O extends Option> = NonNullable<O["types"]>["given"];
type ReadFrom<O extends Option> = NonNullable<O["types"]>["read"];

/** The options that callers may pass: a mapping of the group's own properties, whose comments and places editors know. */
export type Given<Group extends Options> = {
  -readonly [Name in keyof Group as Group[Name] extends Required ? Name : never]: GivenTo<
    Group[Name]
  >;
} & {
  -readonly [Name in keyof Group as Group[Name] extends Required ? never : Name]?:
    | GivenTo<Group[Name]>
    | undefined;
};

/** The options that the function gets: as given, defaults filled in. */
export type Settled<Group extends Options> = {
  readonly [Name in keyof Group]:
    | ReadFrom<Group[Name]>
    | (Group[Name] extends Required ? never : Group[Name]["usual"]);
};
