export { annotate } from "./annotate/annotate";
export type { AnnotateEvent } from "./annotate/annotate-events";
export {
  type AnnotationSettings,
  completeSettings,
  settingsRecord,
} from "./annotate/annotation-options";
export { completerJudge } from "./annotate/completer-judge";
export { consensusFilter } from "./annotate/consensus";
export { type Journal, openJournal } from "./annotate/journal";
export { nliValues } from "./annotate/nli-values";
export { omegaTree } from "./annotate/omega-tree";
export { describePlan, plan, planSolutions, workloadOf } from "./annotate/plan";
export { recommendN } from "./annotate/recommend-n";
export { ruleValues } from "./annotate/rule-values";
export type { LabelledSolution } from "./annotate/step-value";
export { checkAnswer, createAnswerChecker } from "./answers/answer-checker";
export { createRowGrader } from "./answers/grade-rows";
export { type Completer, complete } from "./completers/completer";
export { lmCompleter } from "./completers/lm-completer";
export { meteredCompleter } from "./completers/metered-completer";
export { openAiCompleter } from "./completers/openai-completer";
export { createRequestGate, type RequestGate } from "./completers/request-gate";
export { createTokenLedger, type TokenLedger } from "./completers/token-ledger";
export { PrmError } from "./errors";
export { calibration } from "./evaluate/calibration";
export { evaluateScorer } from "./evaluate/evaluate-scorer";
export { type LabelStudy, labelStudy } from "./evaluate/label-study";
export { outcomeShift } from "./evaluate/outcome-shift";
export { pairedBootstrap } from "./evaluate/paired-bootstrap";
export {
  bestThreshold,
  evaluateProcessBench,
  firstBelow,
  processBenchMetrics,
} from "./evaluate/process-bench";
export { stepMeasures } from "./evaluate/step-measures";
export { type LabelForm, labelForms, outcomeRow, parseLabelledRow } from "./formats/labelled-row";
export { toMathShepherdRow, toTrlRow } from "./formats/labelled-rows";
export { formatMathShepherd, parseMathShepherd } from "./formats/math-shepherd";
export { omegaFlatRows, omegaTreeRow, parseOmegaTree } from "./formats/omega-prm";
export { expandPrm800k, parsePrm800k } from "./formats/prm800k";
export { type ProblemRow, parseProblem, parseSteps } from "./formats/problem-row";
export { parseProcessBench } from "./formats/process-bench";
export { formatRow, readRows } from "./formats/read-rows";
export { parseSearchAndLearn } from "./formats/search-and-learn";
export { toSearchAndLearnRow } from "./formats/search-and-learn-row";
export { formatRlhflow, formatTrl, parseRlhflow, parseTrl } from "./formats/trl";
export { type StepScorer, scoreSteps } from "./models/step-scorer";
export { tokenClassificationScorer } from "./models/token-classification-scorer";
export { trlTokens } from "./models/trl-tokens";
export { vllmScorer } from "./models/vllm-scorer";
export { completionSeed } from "./random/seeds";
export { beamSearch } from "./search/beam-search";
export { dvts } from "./search/dvts";
export { sampleSolutions } from "./solutions/sample-solutions";
export { checkSolution, type Solution, splitSteps } from "./solutions/solution";
export { aggregate } from "./verify/aggregate";
export { bestOfNCurve, type CheckedCandidate } from "./verify/best-of-n-curve";
export type { ScoredSolution } from "./verify/scored-solution";
export { type SelectionMethod, select } from "./verify/select";
export { verify } from "./verify/verify";
