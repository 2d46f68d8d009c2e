import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { textTable } from "@deepgrain/lab";
import { defineCommand } from "../../../cli/define-command";
import * as flags from "../../../cli/flags";
import { fingerprintFiles } from "../../../store/fingerprint";
import { compareStudy, type WithData } from "../../compare-study";
import { comparisonFlags, readComparison } from "../../comparison-flags";
import { purifySizes, seedCounts } from "../recipe";
import { head, rowsOf } from "../report";
import { finePurify } from "../study";
import { experiments as all } from "../variants";

const ids = Object.keys(all) as (keyof typeof all)[];
const files = ["sst2-train.tsv", "sst2-dev.tsv", "sst2-test.tsv", "sst2-badnets-test.tsv"];

/** Fingerprints of the text files; without a folder, noun glosses come with a package. */
async function dataOf(folder: string | undefined): Promise<WithData> {
  if (folder === undefined) return { data: {} };
  return { data: { sst2: await fingerprintFiles(files.map((name) => join(folder, name))) } };
}

export const compare = defineCommand({
  description:
    "Plants backdoors in small encoders, takes them out with every method at paired seeds, and reports clean accuracy beside the attack's success.",
  examples: [
    "purify compare --quick",
    "purify compare --data ../shared/data/classification   # SST-2 with BadNets triggers as real text",
    "purify compare --full   # the same command continues where it was stopped",
  ],
  flags: {
    quick: flags.flag({ help: "One victim, four methods, two seeds: about a minute on two cores" }),
    full: flags.flag({
      help: "Eight reserve ratios and 8 seeds: over half an hour on two idle cores",
    }),
    experiments: flags.names(ids, {
      help: `Experiments, separated by commas; all of ${ids.join(",")} by default`,
    }),
    data: flags.folder({
      help: `Folder with ${files.join(", ")}; noun glosses of WordNet without it, or where it is not there`,
    }),
    out: flags.folder({
      help: "Folder for runs, results.json and report.html, in which finished runs are kept; purify-comparison-<size> by default",
    }),
    ...comparisonFlags,
  },
  async run({ experiments, data, out, json, ...given }, context) {
    const { size, workers, seeds } = readComparison(given, seedCounts);
    const folder = data !== undefined && existsSync(data) ? data : undefined;
    if (data !== undefined && folder === undefined)
      context.progress.note(`${data} is not there: noun glosses take the place of SST-2`);
    const own = out ?? context.resolve(`purify-comparison-${size}`);
    const settings = {
      ...purifySizes[size],
      textFolder: folder === undefined ? null : relative(own, folder),
      ...(await dataOf(folder)),
    };
    const wanted = experiments ?? (size === "quick" ? (["B-1"] as const) : ids);
    await compareStudy(
      finePurify,
      {
        folder: own,
        settings,
        seeds,
        experiments: wanted,
        workers,
        json,
        text: (runs, options) =>
          settings.victims
            .map((victim) => ({ victim, rows: rowsOf(runs, victim) }))
            .filter(({ rows }) => rows[0]![1] !== "–")
            .map(({ victim, rows }) => textTable([[victim, ...head.slice(1)], ...rows], options))
            .join("\n\n"),
      },
      context,
    );
  },
});
