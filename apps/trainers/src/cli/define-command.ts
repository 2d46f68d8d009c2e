import { withClaims } from "../store/claim-folder";
import { type Output, withLocks } from "../store/locks";
import type { CliContext, CommandContext } from "./context";
import { runDry } from "./dry-run";
import type { Flags, Values } from "./flags";
import { withOpenFiles } from "./open-files";
import { type OutputFile, STANDARD } from "./output-file";
import { trainingCallFlags } from "./training-calls";

/** A command: what `--help` shows, its flags as data, and what it does. */
export interface Command {
  readonly kind: "command";
  /** A sentence or two. */
  readonly description: string;
  /** Command lines without the leading `deepgrain`. */
  readonly examples: readonly string[];
  readonly flags: Flags;
  /** Whether it has `--config` and `--dry-run`. */
  readonly isTraining: boolean;
  /** Runs while the outputs that its flags name are locked. */
  run(values: Values<Flags>, context: CliContext, what: string): Promise<void>;
}

/** A command in a list: with its summary, or that and how it is loaded on use. */
export type CommandEntry =
  | (Command & { readonly summary: string })
  | { readonly summary: string; load(): Promise<Command | CommandGroup> };

/** The command or group of a list's entry. */
export const loadEntry = async (entry: CommandEntry): Promise<Command | CommandGroup> =>
  "load" in entry ? entry.load() : entry;

/** A command that only contains others. */
export interface CommandGroup {
  readonly kind: "group";
  readonly description: string;
  readonly commands: Readonly<Record<string, CommandEntry>>;
  /** Commands that were spelled otherwise, by their old words: `moe compare`. */
  readonly moved?: Readonly<Record<string, string>> | undefined;
}

/** The outputs that a call names. */
function outputsOf(flags: Flags, values: Readonly<Record<string, unknown>>): Output[] {
  return Object.entries(flags).flatMap(([name, { writes: kind }]) => {
    const value = values[name] as string | OutputFile | undefined;
    const path = typeof value === "object" ? value.path : value;
    return kind && path !== undefined && path !== STANDARD ? [{ kind, path }] : [];
  });
}

/** Defines a command; `run` receives the checked value of every flag, and outputs (`writes`) are locked meanwhile. */
export function defineCommand<
  const F extends Flags,
  S extends string | undefined = undefined,
>(parts: {
  /** For a list of commands. */
  summary?: S;
  description: string;
  examples: readonly string[];
  flags: F;
  /** Whether it trains something: it then has `--config` and `--dry-run`, and tells {@link CommandContext.dryRun} its steps. */
  isTraining?: boolean;
  /** Loads what does the work, so that help needs no engine: `async (...call) => (await import("./score")).score(...call)`. */
  run(values: Values<F>, context: CommandContext): Promise<void>;
}): Command & { readonly summary: S } {
  const { run, summary, isTraining = false, ...rest } = parts;
  const flags = isTraining ? { ...parts.flags, ...trainingCallFlags } : parts.flags;
  return {
    kind: "command",
    ...rest,
    flags,
    isTraining,
    summary: summary as S,
    run: (given, cli, what) =>
      withOpenFiles(flags, given, cli, async (opened, context) => {
        const { config: _, dryRun, ...others } = opened;
        const values = isTraining ? others : opened;
        if (isTraining && dryRun === true)
          return runDry(flags, values, context, (own, dry) => run(own as Values<F>, dry));
        return withLocks(outputsOf(flags, values), what, (assertOutputs) =>
          withClaims((claim) =>
            run(values as Values<F>, { ...context, assertOutputs, claim, dryRun: undefined }),
          ),
        );
      }),
  };
}

/** Defines a command that only contains others, each loaded on use. */
export function defineGroup(
  description: string,
  commands: Readonly<Record<string, CommandEntry>>,
  moved?: Readonly<Record<string, string>>,
): CommandGroup {
  return { kind: "group", description, commands, moved };
}
