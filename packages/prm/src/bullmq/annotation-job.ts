import { createHash } from "node:crypto";
import {
  type CompleteSettings,
  completeSettings,
  settingsRecord,
} from "../annotate/annotation-options";
import { createAnswerChecker } from "../answers/answer-checker";
import type { AlgebraSystem } from "../answers/equal-expressions";
import { having } from "../errors";
import { checkSolution, type Solution } from "../solutions/solution";

/** Default queue of annotation jobs. */
export const defaultQueueName = "prm-annotate";

/** The data of a job: everything that its result depends on, except the completer. */
export interface AnnotationJobData {
  readonly solution: Solution;
  readonly settings: ReturnType<typeof settingsRecord>;
}

/** A job of one solution; the same solution of the same run has the same id, so adding it twice does nothing. */
export function annotationJob(runId: string, solution: Solution, settings: CompleteSettings) {
  const data: AnnotationJobData = { solution, settings: settingsRecord(settings) };
  const hash = createHash("sha256")
    .update(JSON.stringify([runId, data]))
    .digest("hex");
  return { data, jobId: `${runId}-${hash.slice(0, 32)}` };
}

/** Solution and settings of a job. @throws {PrmError} `ERR_FORMAT`, `ERR_ARGUMENT`, `ERR_RANGE` for a malformed one */
export function readAnnotationJob(
  data: AnnotationJobData,
  algebra?: AlgebraSystem,
): { solution: Solution; settings: CompleteSettings } {
  const { solution, settings } = having("readAnnotationJob", "data", data, "solution", "settings");
  having("readAnnotationJob", "settings", settings, "grader");
  having("readAnnotationJob", "settings.grader", settings.grader, "format", "mode");
  const { grader, maxTokens, ...rest } = settings;
  const checker = createAnswerChecker({
    format: grader.format,
    mode: grader.mode,
    marker: grader.marker ?? undefined,
    algebra,
  });
  const complete = completeSettings({ ...rest, maxTokens: maxTokens ?? undefined, checker });
  return { solution: checkSolution(solution), settings: complete };
}
