import { type OutputFile, STANDARD } from "../files/output-file";
import type { Flags, Values } from "../flags/flags";
import { kebabCase } from "../flags/kebab-case";
import { threadsFlag } from "../flags/threads";
import { trainingCallFlags } from "../flags/training-calls";
import { type Claim, withClaims } from "../runs/claim-folder";
import { type Output, withLocks } from "../runs/locks";
import type { CliContext, CommandContext, CommandResult } from "./context";
import { runDry } from "./dry-run";
import { withOpenFiles } from "./open-files";
import { keptFlags, runFlagOf } from "./resumed-flags";
import { type Reached, Stopped, stoppedText, typedPath } from "./stopped";
import { withThreads } from "./with-threads";

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
  /**
   * Runs while the outputs that its flags name are locked.
   * @returns the exit code, where it is the answer to a question
   */
  run(values: Values<Flags>, context: CliContext, what: string): Promise<CommandResult>;
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

/** The work of a command, with the checked values of its flags. */
export type RunCommand<F extends Flags> = (
  values: Values<F>,
  context: CommandContext,
) => Promise<CommandResult>;

/** Threads of the engine in use. */
const engineThreads = async (): Promise<number> =>
  (await import("@deepgrain/tensor-gpu")).getBackend().threads; // with the engine, which help does without

/** The values that a command's own work gets: those of its own flags. */
function ownValues(
  values: Values<Flags>,
  { isTraining, isComputing }: { isTraining: boolean; isComputing: boolean },
): Values<Flags> {
  const added = { ...(isTraining && trainingCallFlags), ...(isComputing && threadsFlag) };
  return Object.fromEntries(Object.entries(values).filter(([name]) => !Object.hasOwn(added, name)));
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
  /** Whether it trains something: it then has `--config` and `--dry-run`, and tells its context's `dryRun` its steps. */
  isTraining?: boolean;
  /** Whether the engine computes in it: it then has `--threads`. Default: whether it trains something. */
  isComputing?: boolean;
  /** Loads what does the work, so that help needs no engine: `async (...call) => (await import("./score")).score(...call)`. */
  run: RunCommand<F>;
}): Command & { readonly summary: S } {
  const { run, summary, isTraining = false, isComputing = isTraining, ...rest } = parts;
  const flags = {
    ...parts.flags,
    ...(isComputing && threadsFlag),
    ...(isTraining && trainingCallFlags),
  };
  return {
    kind: "command",
    ...rest,
    flags,
    isTraining,
    summary: summary as S,
    async run(given, cli, what) {
      const threads = isComputing ? (given.threads as number | undefined) : undefined;
      const call = {
        flags: keptFlags(flags, given, cli),
        flagNames: Object.keys(flags),
        threads: isComputing ? engineThreads : undefined,
      };
      let place: Reached | undefined;
      const reached = (now: Reached) => {
        place = now;
      };
      /** @throws {Stopped} for the interruption of a run that can be resumed */
      const onFailure = (error: unknown, claims: readonly Claim[]) => {
        const name = runFlagOf(flags);
        if (!cli.signal.aborted || error !== cli.signal.reason || name === undefined) return;
        if (claims.length === 0 && given.resume !== true) return;
        const folder = typedPath(given[name] as string, cli.resolve);
        const goOn = `${what} --${kebabCase(name)} ${folder} --resume`;
        const isKept = claims.every((claim) => claim.isKept());
        throw new Stopped(stoppedText(place, isKept ? goOn : undefined));
      };
      const work = (opened: Values<Flags>, context: CliContext) => {
        const { dryRun } = opened;
        const values = ownValues(opened, { isTraining, isComputing });
        if (isTraining && dryRun === true)
          return runDry(flags, values, context, (own, dry) => run(own as Values<F>, dry));
        const locked = { ...context, dryRun: undefined, reached };
        return withLocks(outputsOf(flags, values), what, (assertOutputs) =>
          withClaims(
            call,
            (claim) => run(values as Values<F>, { ...locked, assertOutputs, claim }),
            onFailure,
          ),
        );
      };
      return withThreads(threads, () => withOpenFiles(flags, given, cli, work));
    },
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
