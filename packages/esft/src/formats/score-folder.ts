import { having, optionsOf, refuseUnknown, textOf } from "../errors";
import { expertCounts, type MoeLayout } from "../families/moe-layout";
import { inFolder, listFolder, makeFolder, readText, writeText } from "../files/text-files";
import type { ExpertScores } from "../scoring/expert-scores";
import { checkScoresFit, formatSummary, parseSummary, SUMMARY_FILE } from "./score-summary";
import { type ReadTracesOptions, readTraces } from "./trace-folder";

/**
 * Reads scores from a folder in the official layout: `summary.json` where there is one, else the trace files.
 *
 * The published summaries were made by pooling all tokens, which is also what reading the traces gives. (The generator
 * script in the official repository divides by a sum over layers instead and does not reproduce them.)
 *
 * @param options.layout of the model that the scores must be of: every layer that routes, and its number of experts
 * @throws {EsftError} as `parseSummary` and `readTraces`; `ERR_MISMATCH` for scores of another model; `ERR_IO`
 */
export async function readExpertScores(
  folder: string,
  options: ReadTracesOptions & { layout?: MoeLayout | undefined } = {},
): Promise<ExpertScores> {
  const { layout, topK, experts, average, signal, ...rest } = optionsOf(
    "readExpertScores",
    options,
  );
  refuseUnknown("readExpertScores", rest);
  const isSummary = (await listFolder(folder)).includes(SUMMARY_FILE);
  const file = isSummary ? inFolder(folder, SUMMARY_FILE) : folder;
  const routing = { experts: experts ?? layout?.nRouted, topK: topK ?? layout?.topK };
  const scores = isSummary
    ? parseSummary(await readText(file), { file })
    : await readTraces(folder, { ...routing, average, signal });
  if (layout) checkScoresFit(scores, expertCounts(layout), { file });
  return scores;
}

/** Writes `summary.json` into a folder, which is created if it is missing. @throws {EsftError} `ERR_IO` */
export async function writeExpertScores(folder: string, scores: ExpertScores): Promise<void> {
  textOf("writeExpertScores", "folder", folder);
  having("writeExpertScores", "scores", scores, "token", "gate");
  const text = formatSummary(scores);
  await makeFolder(folder);
  await writeText(inFolder(folder, SUMMARY_FILE), text);
}
