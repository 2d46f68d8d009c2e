import { defineComparison } from "../shared/comparison";
import { experiments } from "./introduction";
import { graphNames } from "./recipe";

export const comparison = defineComparison({
  description:
    "Trains six graph networks with and without ReNode's weights on paired splits of Cora and CiteSeer and compares the result with the paper's.",
  examples: [
    "--data shared/data --quick",
    "--data shared/data --experiments levels --graphs cora --seeds 10",
    "--data shared/data --full   # the same command continues where it was stopped",
  ],
  quick: "Cora alone, one training per split: about a minute on two cores",
  full: "10 splits, with 20 trainings of a GCN and 6 of everything else on each",
  experiments,
  seedCounts: { quick: 3, default: 3, full: 10 },
  flags: {
    data: {
      kind: "folder",
      help: "Folder with the folders cora and citeseer, as datasets.planetoid reads them; by default $DEEPGRAIN_SHARED/data or ../shared/data",
    },
    graphs: { kind: "names", of: graphNames, help: "Graphs, instead of the size's" },
    initialisations: {
      kind: "whole",
      min: 1,
      help: "Trainings per split, instead of the size's",
    },
  },
});
