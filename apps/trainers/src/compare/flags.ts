import type { Flag, Flags, Values } from "@deepgrain/command-line/flags/flags";
import * as flags from "@deepgrain/command-line/flags/flags";
import type { Comparison, StudyFlag, StudyFlags } from "@deepgrain/studies/shared/comparison";

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
    help: "Number of parallel trainings, which share the threads out; 1 gives one training all of them. By default the number of cores, at most 8",
  }),
  json: flags.flag({ help: "Print the result as JSON" }),
});

/** The values of the flags that every comparison has. */
export type Common = Values<ReturnType<typeof commonFlags>>;

/** The flags of a comparison: those that all have without those that mean nothing to it, and its own. */
export function comparisonFlags(paper: string, comparison: Comparison): Flags {
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
