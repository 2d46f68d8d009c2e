import type { OptionField, OptionFields } from "@deepgrain/support";
import * as flags from "./flags";

/** The type of a field's value, if there is one. */
type ValueOfKind<F extends OptionField> = F extends { kind: "whole" | "real" }
  ? number
  : F extends { kind: "wholes" | "reals" }
    ? readonly number[]
    : F extends { kind: "choice"; words: readonly (infer W extends string)[] }
      ? W
      : F extends { kind: "tokens" }
        ? readonly string[]
        : F extends { kind: "switch" | "toggle" }
          ? boolean
          : string;

/** A field with a default, or a switch, is never undefined. */
type FlagOf<F extends OptionField> = flags.Flag<
  F extends { default: unknown } | { kind: "switch" } ? ValueOfKind<F> : ValueOfKind<F> | undefined
>;

type FlagsOf<F extends OptionFields> = { -readonly [Name in keyof F]: FlagOf<F[Name]> };

function flagOf(field: OptionField): flags.Flag {
  switch (field.kind) {
    case "whole":
      return flags.whole(field);
    case "real":
      return flags.real(field);
    case "wholes":
      return flags.numbers({ ...field, whole: true });
    case "reals":
      return flags.numbers(field);
    case "choice":
      return flags.choice(field.words, field);
    case "text":
      return flags.text(field);
    case "token":
      return flags.token(field);
    case "tokens":
      return flags.tokens({ help: field.help });
    case "switch":
      return flags.flag(field);
    case "toggle":
      return flags.toggle(field);
  }
}

/** Flags that hand on a package's options: help, range and default are those of its fields. */
export const flagsFrom = <const F extends OptionFields>(fields: F): FlagsOf<F> =>
  Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [name, flagOf(field)]),
  ) as FlagsOf<F>;
