import { describeOptions } from "@deepgrain/vitest/unknown-options";
import * as api from "../src";
import * as aiSdk from "../src/ai-sdk";
import { gradePrm800k } from "../src/answers/grade-prm800k";
import * as bullmq from "../src/bullmq";
import * as lm from "../src/lm";
import { collateSteps, stepBatches } from "../src/lm/step-batches";
import { evaluateStepRewards } from "../src/lm/train-step-rewards";
import * as transformers from "../src/transformers";
import * as world from "../src/world";

describeOptions(api, {
  annotate: 1,
  completeSettings: 0,
  completerJudge: 1,
  consensusFilter: 1,
  nliValues: 2,
  omegaTree: 2,
  plan: 1,
  checkAnswer: 2,
  createAnswerChecker: 0,
  lmCompleter: 1,
  openAiCompleter: 0,
  createRequestGate: 0,
  createTokenLedger: 0,
  calibration: 2,
  labelStudy: 2,
  pairedBootstrap: 2,
  evaluateProcessBench: 2,
  evaluateScorer: 2,
  stepMeasures: 1,
  expandPrm800k: 1,
  formatTrl: 1,
  generativeScorer: 1,
  parseLabelledRow: 1,
  scoreSteps: 3,
  tokenClassificationScorer: 0,
  trlTokens: 1,
  vllmScorer: 0,
  beamSearch: 1,
  dvts: 1,
  sampleSolutions: 1,
  bestOfNCurve: 1,
  verify: 1,
});

describeOptions(aiSdk, {
  aiSdkCompleter: 1,
});

describeOptions(bullmq, {
  annotateByQueue: 1,
  createAnnotationWorker: 0,
});

describeOptions(lm, {
  batchCompleter: 1,
  lmScorer: 1,
  loadStepRewardModel: 1,
  saveStepRewardModel: 2,
  scoreSamples: 2,
  "new StepRewardModel": 2,
  trainStepRewards: 2,
  trainingSamples: 1,
  worldPolicy: 1,
});

describeOptions(transformers, {
  transformersCompleter: 1,
  transformersScorer: 1,
});

describeOptions(world, {
  trainNgramPrm: 1,
  generateProblem: 1,
  constantSolver: 1,
  noisySolver: 1,
});

describeOptions(
  { gradePrm800k, collateSteps, stepBatches, evaluateStepRewards },
  {
    gradePrm800k: 2,
    collateSteps: 1,
    stepBatches: 1,
    evaluateStepRewards: 2,
  },
);
