import { claimsSummary, claimsText, powerText, primariesOf } from "@deepgrain/lab";
import { defaultThreads } from "@deepgrain/lab/workers";
import type { Paper } from "@deepgrain/studies";
import type {
  Comparison,
  ComparisonSize,
  StudyFlag,
  StudyFlags,
} from "@deepgrain/studies/shared/comparison";
import type { PaperVerdicts } from "@deepgrain/studies/shared/verdicts";
import type { CliContext } from "../cli/context";
import { type Command, defineCommand } from "../cli/define-command";
import type { Flag, Flags, Values } from "../cli/flags";
import * as flags from "../cli/flags";
import { UsageError } from "../cli/usage-error";
import { compareStudy } from "./compare-study";

const { whole, real, numbers, file, folder } = flags;
const makers = { whole, real, numbers, file, folder } as Record<
  StudyFlag["kind"],
  (options: { help: string }) => Flag
>;

/** A study's flag as one of the command line. */
function flagOf({ kind, of = [], isRequired, ...options }: StudyFlag): Flag {
  const given = isRequired ? { ...options, required: true as const } : options;
  if (kind === "switch") return flags.flag(given);
  if (kind === "choice") return flags.choice(of, given as { help: string });
  if (kind === "names") return flags.names(of, given as { help: string });
  return makers[kind](given as { help: string });
}

const flagsOf = (own: StudyFlags): Flags =>
  Object.fromEntries(Object.entries(own).map(([name, flag]) => [name, flagOf(flag)]));

/** "Paired seeds; 3 by default, 2 with --quick, 8 with --full" */
function seedsHelp({ seedCounts: { quick, default: usual, full }, ...sizes }: Comparison): string {
  const others = [
    quick !== usual && `${quick} with --quick`,
    sizes.full !== undefined && full !== usual && `${full} with --full`,
  ].filter(Boolean);
  return `Paired seeds; ${[`${usual} by default`, ...others].join(", ")}`;
}

/** "Experiments, separated by commas; all of A,B by default, A with --quick" */
function experimentsHelp({ experiments = {}, usual = {} }: Comparison): string {
  const all = Object.keys(experiments).join(",");
  const { quick, default: common } = usual;
  const few = quick ? `, ${quick.join(",")} with --quick` : "";
  return common
    ? `Experiments, separated by commas; ${common.join(",")} by default, all of ${all} with --full`
    : `Experiments, separated by commas; all of ${all} by default${few}`;
}

/** The flags that every comparison has. */
const commonFlags = (paper: string, comparison: Comparison) => ({
  quick: flags.flag({ help: comparison.quick }),
  full: flags.flag({ help: comparison.full ?? "" }),
  experiments: flags.names(Object.keys(comparison.experiments ?? {}), {
    help: experimentsHelp(comparison),
  }),
  out: flags.folder({
    isMade: true,
    help: `Folder for runs, results.json and report.html, which keeps finished runs; ${paper}-comparison-<size> by default`,
  }),
  seeds: flags.whole({ min: 1, max: 1000, help: seedsHelp(comparison) }),
  seed: flags.whole({
    max: 2 ** 31,
    default: comparison.firstSeed ?? 1,
    help: "The first seed: same seed, same numbers except for times",
  }),
  workers: flags.whole({
    min: 1,
    max: 64,
    help: "Number of parallel trainings, each on one core; 1 gives one training all cores. By default the number of cores, at most 8",
  }),
  json: flags.flag({ help: "Print the result as JSON" }),
});

type Common = Values<ReturnType<typeof commonFlags>>;

/** The flags of a comparison: those that all have without those that mean nothing to it, and its own. */
function flagsFor(paper: string, comparison: Comparison): Flags {
  const { quick, full, experiments, out, seeds, seed, workers, json } = commonFlags(
    paper,
    comparison,
  );
  return {
    quick,
    ...(comparison.full === undefined ? {} : { full }),
    ...(comparison.experiments ? { experiments } : {}),
    ...flagsOf(comparison.flags),
    out,
    seeds,
    seed,
    ...(comparison.isOnOneThread ? {} : { workers }),
    json,
  };
}

function sizeOf({ quick, full = false }: Pick<Common, "quick" | "full">): ComparisonSize {
  if (quick && full) throw new UsageError("give either --quick or --full");
  return quick ? "quick" : full ? "full" : "default";
}

/** The primary claims as they came out when the paper was recorded in full, in a table. */
function recordedText({ recordings: [main] }: PaperVerdicts, columns: number | undefined): string {
  const { seeds, results, claims } = main!;
  const primaries = primariesOf({ claims });
  const head = `Recorded (${results}, ${seeds.length} seeds). ${claimsSummary({ claims: primaries })}`;
  return `${head}\n${claimsText({ claims: primaries }, { columns })}`;
}

/** Runs a comparison as the flags ask for it. */
async function run(
  paper: string,
  comparison: Comparison,
  { open: load, verdicts }: Pick<Paper, "open" | "verdicts">,
  given: Values<Flags>,
  context: CliContext,
): Promise<void> {
  const { experiments, out, seeds, seed, workers, json, ...rest } = given as Common;
  const size = sizeOf(rest);
  const { usual, seedCounts } = comparison;
  const folderOf = (name: string = size) => out ?? context.resolve(`${paper}-comparison-${name}`);
  const values = Object.fromEntries(
    Object.keys(comparison.flags).map((name) => [name, given[name]]),
  );
  const { resolve, signal, progress } = context;
  const note = (text: string) => progress.note(text);
  const { open } = await load();
  const opened = await open({ size, values, seeds, seed, folder: folderOf, resolve, note, signal });
  const { study, settings, text, save, hasExperiments = true } = opened;
  const count = seeds ?? seedCounts[size];
  const chosen = hasExperiments ? (experiments ?? usual?.[size]) : undefined;
  const where = opened.folder ?? folderOf();
  const recorded = (await verdicts?.())?.default as PaperVerdicts | undefined;
  const chosenSeeds = opened.seeds ?? Array.from({ length: count }, (_, i) => seed + i);
  const { columns } = context;
  if (hasExperiments)
    note(powerText(chosenSeeds.length, recorded?.recordings[0] ?? null, { columns }));
  const runs = await compareStudy(
    study,
    {
      folder: where,
      settings,
      seeds: chosenSeeds,
      report: size === "quick" ? { verdicts: false, recorded: recorded?.recordings[0] } : {},
      workers: comparison.isOnOneThread ? 1 : (workers ?? defaultThreads()),
      json,
      ...(chosen ? { experiments: chosen } : {}),
      ...(text ? { text } : {}),
    },
    context,
  );
  await save?.(runs, where);
  if (recorded && !json) context.write(`${recordedText(recorded, columns)}\n`);
}

/** Makes the command `deepgrain compare <paper>` from what a paper says of its comparison. */
export async function comparisonCommand(
  paper: string,
  { comparison: load, ...rest }: Paper,
): Promise<Command> {
  const { comparison } = await load();
  return defineCommand({
    description: comparison.description,
    examples: comparison.examples.map((example) => `compare ${paper} ${example}`),
    flags: flagsFor(paper, comparison),
    run: (values, context) => run(paper, comparison, rest, values, context),
  });
}
