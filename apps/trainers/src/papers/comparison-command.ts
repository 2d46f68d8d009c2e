import type { Study } from "@deepgrain/lab";
import { type Command, defineCommand } from "../cli/define-command";
import type { Flags, Values } from "../cli/flags";
import * as flags from "../cli/flags";
import { compareStudy, type WithData } from "./compare-study";
import { type ComparisonSize, comparisonFlags, readComparison } from "./comparison-flags";

/** A comparison of trainings as a command. */
export interface ComparisonCommand<S extends object, F extends Flags> {
  description: string;
  examples: readonly string[];
  /** What the sizes that are flags mean, in time. */
  quick: string;
  full: string;
  /** Flags that replace settings of their names. */
  settingFlags: F;
  /** The settings that flags of other names replace. */
  settingOf?: Partial<Record<keyof F, keyof S>>;
  /** Begins the name of the folder: `moe-comparison`. */
  folder: string;
  sizes: Readonly<Record<ComparisonSize, S>>;
  seedCounts: Readonly<Record<ComparisonSize, number>>;
  /** Fingerprints of everything that is read. */
  fingerprintData(settings: NoInfer<S>, signal: AbortSignal): Promise<WithData>;
}

/** Creates the command of a study: sizes, seeds, experiments, workers, and the study's own settings as flags. */
export function comparisonCommand<S extends object, R, F extends Flags>(
  study: Study<S & WithData, R>,
  { quick, full, settingFlags, settingOf = {}, folder: name, ...parts }: ComparisonCommand<S, F>,
): Command {
  const { description, examples, sizes, seedCounts, fingerprintData } = parts;
  const ids = Object.keys(study.experiments ?? {});
  const own = {
    quick: flags.flag({ help: quick }),
    full: flags.flag({ help: full }),
    experiments: flags.names(ids, {
      help: `Experiments, separated by commas; all of ${ids.join(",")} by default`,
    }),
  };
  const common = {
    out: flags.folder({
      help: `Folder for runs, results.json and report.html, in which finished runs are kept; ${name}-<size> by default`,
    }),
    ...comparisonFlags,
  };
  return defineCommand({
    description,
    examples,
    flags: { ...own, ...settingFlags, ...common } as Flags,
    async run(values, context) {
      const given = values as Values<typeof own & typeof common>;
      const { size, workers, seeds } = readComparison(given, seedCounts);
      const replaced = Object.keys(settingFlags).filter((key) => values[key] !== undefined);
      const changes = replaced.map((key) => [settingOf[key] ?? key, values[key]]);
      const sized = { ...sizes[size], ...Object.fromEntries(changes) };
      const settings = { ...sized, ...(await fingerprintData(sized, context.signal)) };
      const { experiments = ids, out = context.resolve(`${name}-${size}`), json } = given;
      const comparison = { folder: out, settings, seeds, experiments, workers, json };
      await compareStudy(study, comparison, context);
    },
  });
}
