import type { FieldValue, OptionField, OptionFields } from "@deepgrain/support";
import * as flags from "./flags";

const { whole, real, numbers, text, file, folder } = flags;
const makers = { whole, real, numbers, text, file, folder } as Record<
  OptionField["kind"],
  (options: { help: string }) => flags.Flag
>;

function flagOf({ kind, of = [], isRequired, ...options }: OptionField): flags.Flag {
  const given = isRequired ? { ...options, required: isRequired } : options;
  if (kind === "switch") return flags.flag(given);
  if (kind === "choice") return flags.choice(of, given as { help: string });
  if (kind === "names") return flags.names(of, given as { help: string });
  return makers[kind](given as { help: string });
}

/** Flags that hand on options: help, range and default are those of the fields that describe them. */
export const fieldFlags = <const F extends OptionFields>(fields: F) =>
  Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, flagOf(field)])) as {
    readonly [Name in keyof F]: flags.Flag<FieldValue<F[Name]>>;
  };

/** The flags of a command that set options of the same name, and nothing else: for its record, null where one is absent. */
export const fieldRecord = <F extends OptionFields>(
  fields: F,
  values: { readonly [Name in keyof F]: unknown },
): Record<keyof F, unknown> =>
  Object.fromEntries(Object.keys(fields).map((name) => [name, values[name] ?? null])) as Record<
    keyof F,
    unknown
  >;
