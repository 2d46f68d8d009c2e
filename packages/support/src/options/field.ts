interface FieldBase {
  /** The purpose of the option, in a line or two, as a command line prints it. */
  readonly help: string;
  /** Placeholder of the value in a usage line; default by the kind. */
  readonly hint?: string;
}

/** The range of a number: from 0, unless it says `min` or `above`, and without an end, unless it says `max` or `below`. */
interface FieldRange {
  readonly min?: number;
  readonly max?: number;
  readonly above?: number;
  readonly below?: number;
}

interface NumberField extends FieldBase, FieldRange {
  readonly kind: "whole" | "real";
  readonly default?: number;
}

interface NumbersField extends FieldBase, FieldRange {
  readonly kind: "wholes" | "reals";
  readonly default?: readonly number[];
}

interface ChoiceField extends FieldBase {
  readonly kind: "choice";
  readonly words: readonly string[];
  readonly default?: string;
}

/** Text; a token is a name that is safe as part of a path. */
interface TextField extends FieldBase {
  readonly kind: "text" | "token" | "tokens";
  readonly default?: string;
}

/** Off by default. */
interface SwitchField extends FieldBase {
  readonly kind: "switch";
}

/** A switch that is on by default, or by neither; `negated` is the help of the form that turns it off. */
interface ToggleField extends FieldBase {
  readonly kind: "toggle";
  readonly negated: string;
  readonly default?: boolean;
}

/**
 * One option of a function as data: what it is for, its range and its default, so that a command line or a form need not
 * write them again. A package keeps its fields in an entry of their own, `/fields`, that none of its other entries imports.
 */
export type OptionField =
  | NumberField
  | NumbersField
  | ChoiceField
  | TextField
  | SwitchField
  | ToggleField;

/** The fields of a group of options, by the options' names. */
export type OptionFields = Readonly<Record<string, OptionField>>;
