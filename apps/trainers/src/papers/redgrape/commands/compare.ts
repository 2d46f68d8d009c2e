import { defineCommand } from "../../../cli/define-command";
import * as flags from "../../../cli/flags";
import { installedSet, pictureFlags, readPictures } from "../../../federation/picture-flags";
import { compareStudy } from "../../compare-study";
import { comparisonFlags, readComparison } from "../../comparison-flags";
import {
  type FederationSettings,
  seedCounts,
  settingsFor,
  tuningSeeds,
  tuningSettings,
} from "../recipe";
import { comparisonText } from "../report";
import { redgrape } from "../study";
import { redgrapeTuning } from "../tuning";
import { experiments as all, type ExperimentId } from "../variants";

const bench: readonly ExperimentId[] = ["P1", "P2", "P3", "P4", "P5"];
const ids = Object.keys(all) as ExperimentId[];

export const compare = defineCommand({
  description:
    "Trains RedGrape, its rivals and its own parts on long-tailed pictures with paired seeds and judges the five points that should hold.",
  examples: [
    "fed compare --quick",
    "fed compare --data mnist",
    "fed compare --full   # the same command continues where it was stopped",
  ],
  flags: {
    quick: flags.flag({ help: "Three methods, 20 rounds, one seed: about a minute" }),
    full: flags.flag({ help: "Other ratios, partitions and settings too: about 45 minutes" }),
    tune: flags.flag({
      help: "Try the settings of every method on validation rows instead of comparing",
    }),
    ...pictureFlags,
    experiments: flags.names(ids, {
      help: `Experiments, separated by commas; ${bench.join(",")} by default, all of ${ids.join(",")} with --full`,
    }),
    rounds: flags.whole({ min: 6, help: "Rounds per federation, instead of the size's" }),
    out: flags.folder({
      help: "Folder for runs, results.json and report.html, in which finished runs are kept; fed-comparison-<data>-<size> by default",
    }),
    ...comparisonFlags,
  },
  async run({ tune, rounds, experiments, out, json, data, folder, ...given }, context) {
    const { size, workers, seeds } = readComparison(given, seedCounts);
    const { set, fingerprint } = await readPictures(
      { data, folder },
      { set: installedSet(), signal: context.signal },
    );
    const sized = tune ? tuningSettings(set) : settingsFor(size, set);
    const settings: FederationSettings = {
      ...sized,
      folder: folder ?? null,
      data: { pictures: fingerprint },
      ...(rounds !== undefined && { rounds }),
    };
    const name = `fed-comparison-${set}-${tune ? "tuning" : size}`;
    const common = { folder: out ?? context.resolve(name), settings, workers, json };
    if (tune) {
      const tried = given.seeds === undefined ? tuningSeeds : seeds;
      await compareStudy(redgrapeTuning, { ...common, seeds: tried }, context);
      return;
    }
    const chosen = experiments ?? (size === "default" ? bench : undefined);
    const limited = chosen && { experiments: chosen };
    await compareStudy(redgrape, { ...common, seeds, ...limited, text: comparisonText }, context);
  },
});
