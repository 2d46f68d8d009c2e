export { decontaminate } from "./dedupe/decontaminate";
export { nearDuplicates } from "./dedupe/near-duplicates";
export { CoderError, type CoderErrorCode } from "./errors";
export { judgeFile } from "./filters/judge-file";
export { checkSentinels } from "./fim/check-sentinels";
export { fim } from "./fim/fim";
export { fimPrompt } from "./fim/fim-prompt";
export { type FimMode, fimText } from "./fim/fim-text";
export { type Sentinels, sentinels } from "./fim/sentinels";
export { dependenciesOf } from "./imports/dependencies-of";
export { importsOf, parsedLanguages } from "./imports/imports-of";
export { orderRepository } from "./repository/order-repository";
export { packRepository, type SourceFile } from "./repository/pack-repository";
export {
  type Complete,
  type EvaluationEvent,
  type EvaluationSummary,
  evaluateTasks,
} from "./tasks/evaluate-tasks";
export type { SampleRow } from "./tasks/evaluation-journal";
export { extractCode } from "./tasks/extract-code";
export { needleTasks } from "./tasks/needle-tasks";
export { passAtK } from "./tasks/pass-at-k";
export { programOf } from "./tasks/program-of";
export { readTasks } from "./tasks/read-tasks";
export type { Judge, Program, Task, TestCase, Tests, Verdict } from "./tasks/task";
