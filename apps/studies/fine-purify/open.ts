import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import type { StudyRuns } from "@deepgrain/lab";
import { textTable } from "@deepgrain/support/pages";
import type { ComparisonRequest, OpenedComparison } from "../shared/comparison";
import { fingerprintFiles } from "../shared/fingerprint";
import type { WithData } from "../shared/with-data";
import { type comparison, textFiles } from "./comparison";
import { type PurifySettings, purifySizes } from "./recipe";
import { head, rowsOf } from "./report";
import type { PurifyResult } from "./results";
import { finePurify } from "./study";

/** Fingerprints of the text files; without a folder, noun glosses come with a package. */
async function dataOf(folder: string | undefined): Promise<WithData> {
  if (folder === undefined) return { data: {} };
  return { data: { sst2: await fingerprintFiles(textFiles.map((name) => join(folder, name))) } };
}

/** Opens the study with the texts of a folder, or with those that come with a package. */
export async function open({
  size,
  values: { data },
  folder,
  note,
}: ComparisonRequest<(typeof comparison)["flags"]>): Promise<OpenedComparison> {
  const from = data !== undefined && existsSync(data) ? data : undefined;
  if (data !== undefined && from === undefined)
    note(`${data} is not there: noun glosses take the place of SST-2`);
  const settings = {
    ...purifySizes[size],
    textFolder: from === undefined ? null : relative(folder(), from),
    ...(await dataOf(from)),
  };
  return {
    study: finePurify,
    settings,
    text: (runs: StudyRuns<PurifySettings, PurifyResult>, options) =>
      settings.victims
        .map((victim) => ({ victim, rows: rowsOf(runs, victim) }))
        .filter(({ rows }) => rows[0]![1] !== "–")
        .map(({ victim, rows }) => textTable([[victim, ...head.slice(1)], ...rows], options))
        .join("\n\n"),
  };
}
