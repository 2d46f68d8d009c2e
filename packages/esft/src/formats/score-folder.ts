import { inFolder, listFolder, makeFolder, readText, writeText } from "../files/text-files";
import type { ExpertScores } from "../scoring/expert-scores";
import { formatSummary, parseSummary, SUMMARY_FILE } from "./score-summary";
import { type ReadTracesOptions, readTraces } from "./trace-folder";

/**
 * Reads scores from a folder in the official layout: `summary.json` where there is one, else the trace files.
 *
 * The published summaries were made by pooling all tokens, which is also what reading the traces gives. (The generator
 * script in the official repository divides by a sum over layers instead and does not reproduce them.)
 *
 * @throws {EsftError} as `parseSummary` and `readTraces`; `ERR_IO`
 */
export async function readExpertScores(
  folder: string,
  options: ReadTracesOptions = {},
): Promise<ExpertScores> {
  const names = await listFolder(folder);
  if (!names.includes(SUMMARY_FILE)) return readTraces(folder, options);
  const file = inFolder(folder, SUMMARY_FILE);
  return parseSummary(await readText(file), { file });
}

/** Writes `summary.json` into a folder, which is made when it is missing. @throws {EsftError} `ERR_IO` */
export async function writeExpertScores(folder: string, scores: ExpertScores): Promise<void> {
  const text = formatSummary(scores);
  await makeFolder(folder);
  await writeText(inFolder(folder, SUMMARY_FILE), text);
}
