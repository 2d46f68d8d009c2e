export {
  type Contaminated,
  type DecontaminateOptions,
  decontaminate,
} from "./dedupe/decontaminate";
export { type NearDuplicateOptions, nearDuplicates } from "./dedupe/near-duplicates";
export { CoderError, type CoderErrorCode } from "./errors";
export { type FileToJudge, judgeFile, type Reason } from "./filters/judge-file";
export { checkSentinels, type LookAlike } from "./fim/check-sentinels";
export { type FimOptions, fim } from "./fim/fim";
export { type FimPromptOptions, fimPrompt } from "./fim/fim-prompt";
export { type FimMode, type FimTextOptions, fimText } from "./fim/fim-text";
export { type SentinelFamily, type Sentinels, sentinels } from "./fim/sentinels";
export { dependenciesOf, type ImportingFile } from "./imports/dependencies-of";
export { importsOf, type ParsedLanguage, parsedLanguages } from "./imports/imports-of";
export { type OrderOptions, orderRepository } from "./repository/order-repository";
export {
  type PackedFiles,
  type PackOptions,
  packRepository,
  type SourceFile,
} from "./repository/pack-repository";
export {
  type Complete,
  type EvaluateOptions,
  type EvaluationEvent,
  type EvaluationSummary,
  evaluateTasks,
} from "./tasks/evaluate-tasks";
export type { EvaluationJournal, SampleRow } from "./tasks/evaluation-journal";
export { type ExtractOptions, extractCode } from "./tasks/extract-code";
export { type NeedleOptions, type NeedleTask, needleTasks } from "./tasks/needle-tasks";
export { passAtK } from "./tasks/pass-at-k";
export { programOf } from "./tasks/program-of";
export { type ReadTasksOptions, readTasks } from "./tasks/read-tasks";
export type { Judge, Judgement, Program, Task, TestCase, Tests, Verdict } from "./tasks/task";
