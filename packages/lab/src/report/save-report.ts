import { join } from "node:path";
import { type JudgeOptions, judge } from "../claims/judge";
import type { Judgement } from "../claims/verdict";
import { saveJson, saveText } from "../run/save-json";
import type { StudyRuns } from "../study/runs";
import type { Study } from "../study/study";
import { studyPage } from "./study-page";

/**
 * Judges a study and writes `report.html`, its page, and `results.json`, its runs and claims, into a folder. `runStudy` with
 * `report` does so while it holds the study's folder.
 * @param folder that of the study, or another
 * @throws {LabError} as `judge`; `ERR_IO`
 */
export async function saveReport<S, R>(
  study: Study<S, R>,
  runs: StudyRuns<S, R>,
  { folder, ...options }: { folder: string } & JudgeOptions,
): Promise<Judgement> {
  const judgement = judge(study, runs, options);
  const { claims, correction } = judgement;
  await saveJson(join(folder, "results.json"), { ...runs, correction, claims });
  await saveText(join(folder, "report.html"), studyPage(study, runs, judgement));
  return judgement;
}
