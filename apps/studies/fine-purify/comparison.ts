import { defineComparison } from "../shared/comparison";
import { experiments } from "./introduction";

/** Files of SST-2 and of the published attack on it. */
export const textFiles = [
  "sst2-train.tsv",
  "sst2-dev.tsv",
  "sst2-test.tsv",
  "sst2-badnets-test.tsv",
] as const;

export const comparison = defineComparison({
  description:
    "Plants backdoors in small encoders, removes them with every method at paired seeds, and reports clean accuracy and attack success.",
  examples: [
    "--quick",
    "--data ../shared/data/classification   # SST-2 with BadNets triggers as real text",
    "--full   # the same command continues where it was stopped",
  ],
  quick: "One victim, four methods, two seeds: about a minute on two cores",
  full: "Eight reserve ratios and 8 seeds: over half an hour on two idle cores",
  experiments,
  usual: { quick: ["B-1"] },
  seedCounts: { quick: 2, default: 8, full: 8 },
  flags: {
    data: {
      kind: "folder",
      help: `Folder with ${textFiles.join(", ")}; without it, or if it is missing, noun glosses of WordNet`,
    },
  },
});
