import type { ArgsDef, CommandDef, ParsedArgs } from "citty";
import { type Output, withLocks } from "../store/locks";
import type { CliContext, CommandContext } from "./context";

/** A command with the examples that its help shows. */
export interface CliCommand extends CommandDef<ArgsDef> {
  examples: readonly string[];
  subCommands?: Record<string, () => Promise<CliCommand>>;
  /** One line for the list of commands, known without loading the command. */
  summaries?: Record<string, string>;
}

/** How a command is written. */
export interface CommandParts<T extends ArgsDef> {
  name: string;
  description: string;
  /** Command lines without the leading `deepgrain`. */
  examples: readonly string[];
  /** An argument with a field `writes`, the kind of {@link Output}, names what is locked while the command runs. */
  args: T;
  run: (args: ParsedArgs<T>, context: CommandContext) => Promise<void>;
}

/** The outputs that a call names. */
function outputsOf(
  defs: Readonly<Record<string, object>>,
  parsed: Readonly<Record<string, unknown>>,
  { resolve }: CliContext,
): Output[] {
  return Object.entries(defs).flatMap(([name, def]) => {
    const { writes: kind } = def as { writes?: Output["kind"] };
    const path = parsed[name];
    return kind && typeof path === "string" ? [{ kind, path: resolve(path) }] : [];
  });
}

/** Makes a command; its `run` receives the parsed arguments and the context. */
export function defineCliCommand<const T extends ArgsDef>(parts: CommandParts<T>): CliCommand {
  const { name, description, examples, args, run } = parts;
  return {
    meta: { name, description },
    args: args as ArgsDef,
    examples,
    run: ({ args: parsed, data }) => {
      const context = data as CliContext;
      return withLocks(outputsOf(args, parsed, context), `deepgrain ${name}`, (assertOutputs) =>
        run(parsed as unknown as ParsedArgs<T>, { ...context, assertOutputs }),
      );
    },
  };
}

/** Makes a command that only holds others, each loaded when it is used. */
export function defineCommandGroup(
  name: string,
  description: string,
  commands: Record<string, { summary: string; load: () => Promise<CliCommand> }>,
): CliCommand {
  const pick = <V>(value: (entry: (typeof commands)[string]) => V) =>
    Object.fromEntries(Object.entries(commands).map(([key, entry]) => [key, value(entry)]));
  return {
    meta: { name, description },
    examples: [],
    subCommands: pick(({ load }) => load),
    summaries: pick(({ summary }) => summary),
  };
}
