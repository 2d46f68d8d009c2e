/** The value of an option by the kind of its field. */
export interface FieldKinds {
  whole: number;
  real: number;
  numbers: readonly number[];
  names: readonly string[];
  choice: string;
  text: string;
  file: string;
  folder: string;
  switch: boolean;
}

/** An option as data: what a command line, a form or a page needs to ask for it. */
export interface OptionField<K extends keyof FieldKinds = keyof FieldKinds> {
  readonly kind: K;
  readonly help: string;
  /** Placeholder of the value; that of its kind by default. */
  readonly hint?: string | undefined;
  /** Bounds of numbers. */
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly default?: FieldKinds[K] | undefined;
  /** The values of a choice, or of names. */
  readonly of?: readonly string[] | undefined;
  readonly isRequired?: true | undefined;
}

/** Options by name. */
export type OptionFields = Readonly<Record<string, OptionField>>;

/** What is given for options: undefined where one is absent and has no default. */
export type FieldValues<F extends OptionFields> = {
  readonly [Name in keyof F]: FieldValue<F[Name]>;
};

/** The value of one field; that of a choice is one of its words. */
export type FieldValue<F extends OptionField> =
  | (F extends { kind: "choice"; of: readonly (infer Word)[] } ? Word : FieldKinds[F["kind"]])
  | (F extends { isRequired: true } | { kind: "switch" } | { default: FieldKinds[F["kind"]] } ? never : undefined);
