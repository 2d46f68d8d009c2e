import { defineComparison } from "../shared/comparison";
import { imageSets, pictureHelp } from "./image-sets";
import { experiments } from "./introduction";

export const comparison = defineComparison({
  description:
    "Trains RedGrape, its rivals and its own parts on long-tailed pictures with paired seeds and judges the five points that should hold.",
  examples: [
    "--quick",
    "--data mnist",
    "--full   # the same command continues where it was stopped",
  ],
  quick: "Three methods, 20 rounds, one seed: about a minute",
  full: "Other ratios, partitions and settings too: about 45 minutes",
  experiments,
  usual: { default: ["P1", "P2", "P3", "P4", "P5"] },
  seedCounts: { quick: 1, default: 8, full: 5 },
  flags: {
    tune: {
      kind: "switch",
      help: "Try the settings of every method on validation rows instead of comparing",
    },
    data: { kind: "choice", of: imageSets, help: pictureHelp.data },
    folder: { kind: "folder", help: pictureHelp.folder },
    rounds: { kind: "whole", min: 6, help: "Rounds per federation, instead of the size's" },
  },
});
