import { defineCommand } from "../../../cli/define-command";
import * as flags from "../../../cli/flags";
import { compareStudy } from "../../compare-study";
import { comparisonFlags, readComparison } from "../../comparison-flags";
import { dataFolder, fingerprintGraphs } from "../graph-data";
import { comparisonSettings, graphNames, seedCounts } from "../recipe";
import { studyOf } from "../study";
import { experiments as all } from "../variants";

const ids = Object.keys(all) as (keyof typeof all)[];

export const compare = defineCommand({
  description:
    "Trains six graph networks with and without ReNode's weights on paired splits of Cora and CiteSeer and sets the result beside the paper's.",
  examples: [
    "renode compare --data shared/data --quick",
    "renode compare --data shared/data --experiments levels --graphs cora --seeds 10",
    "renode compare --data shared/data --full   # the same command continues where it was stopped",
  ],
  flags: {
    data: flags.folder({
      help: "Folder with the folders cora and citeseer, in the form of datasets.planetoid; by default $DEEPGRAIN_SHARED/data or ../shared/data",
    }),
    quick: flags.flag({ help: "Cora alone, one training per split: about a minute on two cores" }),
    full: flags.flag({ help: "5 splits with 3 trainings each" }),
    experiments: flags.names(ids, {
      help: `Experiments, separated by commas; all of ${ids.join(",")} by default`,
    }),
    graphs: flags.names(graphNames, { help: "Graphs, instead of the size's" }),
    initialisations: flags.whole({ min: 1, help: "Trainings per split, instead of the size's" }),
    out: flags.folder({
      help: "Folder for runs, results.json and report.html, in which finished runs are kept; renode-comparison-<size> by default",
    }),
    ...comparisonFlags,
    seeds: { ...comparisonFlags.seeds, help: "Paired splits; 3 by default, 5 with --full" },
  },
  async run({ data, experiments = ids, out, json, graphs, initialisations, ...given }, context) {
    const { size, workers, seeds } = readComparison(given, seedCounts);
    const settings = {
      ...comparisonSettings[size],
      ...(graphs === undefined ? {} : { graphs }),
      ...(initialisations === undefined ? {} : { initialisations }),
    };
    const from = dataFolder(data, settings.graphs, context.resolve);
    const withData = { ...settings, ...(await fingerprintGraphs(from, settings.graphs)) };
    const folder = out ?? context.resolve(`renode-comparison-${size}`);
    await compareStudy(
      studyOf(from),
      { folder, settings: withData, seeds, experiments, workers, json },
      context,
    );
  },
});
