export { type AnnotateOptions, annotate } from "./annotate/annotate";
export type { AnnotateEvent } from "./annotate/annotate-events";
export {
  type AnnotationSettings,
  type CompleteSettings,
  completeSettings,
  settingsRecord,
} from "./annotate/annotation-options";
export {
  type AnnotationEntry,
  type AnnotationStore,
  type CompletionRecord,
  createAnnotationStore,
} from "./annotate/annotation-store";
export { type BetaInterval, betaInterval } from "./annotate/beta-interval";
export {
  type CompleterJudgeOptions,
  completerJudge,
  critiquePrompt,
} from "./annotate/completer-judge";
export {
  type ConsensusFilterOptions,
  consensusFilter,
  type Judge,
  type JudgedSolution,
} from "./annotate/consensus";
export { type Journal, openJournal } from "./annotate/journal";
export {
  type Entailment,
  type EntailmentClassifier,
  type NliValuesOptions,
  nliValues,
} from "./annotate/nli-values";
export { type OmegaState, omegaStates } from "./annotate/omega-state";
export { type OmegaTree, type OmegaTreeOptions, omegaTree } from "./annotate/omega-tree";
export {
  type AnnotationPlan,
  type PlanOptions,
  plan,
  type Workload,
  workloadOf,
} from "./annotate/plan";
export {
  type CompleterQuality,
  hardLabelAccuracy,
  type RecommendedN,
  recommendN,
} from "./annotate/recommend-n";
export { ruleValues, stepResults } from "./annotate/rule-values";
export type { LabelledSolution, StepEstimate } from "./annotate/step-value";
export {
  type AnswerChecker,
  type AnswerCheckerOptions,
  type AnswerFormat,
  type AnswerMode,
  type AnswerVerdict,
  checkAnswer,
  createAnswerChecker,
} from "./answers/answer-checker";
export { answerKey } from "./answers/answer-key";
export {
  type AlgebraSystem,
  type EqualityMethod,
  equalExpressions,
} from "./answers/equal-expressions";
export { gradePrm800k } from "./answers/grade-prm800k";
export { createRowGrader, type GradeResult, type GradeRow } from "./answers/grade-rows";
export { extractGsm8k, extractMetamath } from "./answers/gsm8k-answer";
export { extractBoxed, extractMarked } from "./answers/math-answer";
export { equalMath, normalizeMath } from "./answers/normalize-math";
export { prm800kNormalForm } from "./answers/prm800k-normal-form";
export type { ChatMessage } from "./completers/chat-messages";
export {
  type Completer,
  type Completion,
  type CompletionOptions,
  complete,
  type FinishReason,
  type Prefix,
  promptText,
} from "./completers/completer";
export type { EndpointOptions } from "./completers/endpoint";
export { type LmCompleterOptions, type LmTools, lmCompleter } from "./completers/lm-completer";
export { meteredCompleter } from "./completers/metered-completer";
export { type OpenAiCompleterOptions, openAiCompleter } from "./completers/openai-completer";
export {
  createRequestGate,
  type RequestGate,
  type RequestGateOptions,
} from "./completers/request-gate";
export {
  createTokenLedger,
  type Reservation,
  type TokenCounts,
  type TokenLedger,
  type TokenLedgerOptions,
} from "./completers/token-ledger";
export { PrmError, type PrmErrorCode } from "./errors";
export { type Calibration, calibration, type ReliabilityBin } from "./evaluate/calibration";
export { type KnownStep, type LabelQuality, labelQuality } from "./evaluate/label-quality";
export { type LabelStudy, type LabelStudyOptions, labelStudy } from "./evaluate/label-study";
export { outcomeShift } from "./evaluate/outcome-shift";
export { type BootstrapDifference, pairedBootstrap } from "./evaluate/paired-bootstrap";
export {
  bestThreshold,
  evaluateProcessBench,
  type FirstErrorPair,
  firstBelow,
  type ProcessBenchMetrics,
  type ProcessBenchOptions,
  processBenchMetrics,
  type ScoredRow,
} from "./evaluate/process-bench";
export { type KnownSolution, type StepMeasures, stepMeasures } from "./evaluate/step-measures";
export {
  type LabelForm,
  type LabelledRow,
  labelForms,
  outcomeRow,
  parseLabelledRow,
} from "./formats/labelled-row";
export { toMathShepherdRow, toTrlRow } from "./formats/labelled-rows";
export {
  formatMathShepherd,
  type MathShepherdRow,
  parseMathShepherd,
  stepTag,
} from "./formats/math-shepherd";
export {
  flattenOmegaTree,
  type OmegaFlatRow,
  type OmegaNode,
  type OmegaTreeRow,
  omegaFlatRows,
  omegaTreeRow,
  parseOmegaFlat,
  parseOmegaTree,
} from "./formats/omega-prm";
export {
  type ExpandPrm800kOptions,
  expandPrm800k,
  type Prm800kRecord,
  parsePrm800k,
  type RatedCompletion,
  type RatedStep,
  type Rating,
} from "./formats/prm800k";
export { type ProcessBenchRow, parseProcessBench } from "./formats/process-bench";
export { formatRow, type RowEvent, readRows } from "./formats/read-rows";
export { parseSearchAndLearn, type SearchAndLearnRow } from "./formats/search-and-learn";
export { toSearchAndLearnRow } from "./formats/search-and-learn-row";
export {
  type ChatRow,
  type FormatTrlOptions,
  formatRlhflow,
  formatTrl,
  parseRlhflow,
  parseTrl,
  type TrlRow,
} from "./formats/trl";
export {
  type NgramPrm,
  type NgramPrmOptions,
  ngramScorer,
  type TrainingRow,
  trainNgramPrm,
} from "./models/ngram-prm";
export { type StepFeatures, stepFeatures } from "./models/step-features";
export { type StepScorer, scoreSteps } from "./models/step-scorer";
export { type TokenLoss, tokenClassificationLoss } from "./models/token-classification-loss";
export {
  type TokenClassificationScorerOptions,
  tokenClassificationScorer,
} from "./models/token-classification-scorer";
export { ignoreIndex, type TrlTokens, type TrlTokensOptions, trlTokens } from "./models/trl-tokens";
export { type VllmScorerOptions, vllmScorer } from "./models/vllm-scorer";
export { completionSeed, seededRandom } from "./random/seeds";
export { beamSearch } from "./search/beam-search";
export { dvts } from "./search/dvts";
export type { SearchOptions, SearchResult } from "./search/search-options";
export {
  type Question,
  type SampleSolutionsOptions,
  sampleSolutions,
} from "./solutions/sample-solutions";
export { checkSolution, type Solution, splitSteps } from "./solutions/solution";
export {
  type Aggregation,
  aggregate,
  defaultAggregation,
  type LabelSource,
} from "./verify/aggregate";
export {
  type BestOfNCurveOptions,
  bestOfNCurve,
  type CheckedCandidate,
  type CurvePoint,
  expectedBestOfN,
} from "./verify/best-of-n-curve";
export { passAtK } from "./verify/pass-at-k";
export type { ScoredSolution } from "./verify/scored-solution";
export {
  type AnswerGroup,
  answerGroups,
  type Candidate,
  type Selection,
  type SelectionMethod,
  select,
} from "./verify/select";
export { type Verified, type VerifyOptions, verify } from "./verify/verify";
export { type GenerateProblemOptions, generateProblem } from "./world/generate-problem";
export {
  type ConstantSolverOptions,
  constantSolver,
  type NoisySolverOptions,
  noisySolver,
} from "./world/solvers";
export { firstWrongStep } from "./world/step-truth";
export type { Calculation, Operator, WordProblem } from "./world/word-problem";
export { type WorldTokenizer, worldTokenizer } from "./world/world-tokenizer";
