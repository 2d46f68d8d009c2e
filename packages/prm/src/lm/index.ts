/**
 * Reward models on `@deepgrain/lm`: heads, losses, training on `@deepgrain/trainer`, files, scorers, rollouts.
 *
 * @packageDocumentation
 */
export { answerSteps } from "./answer-steps";
export { batchCompleter } from "./batch-completer";
export { lmScorer } from "./lm-scorer";
export { loadStepRewardModel, saveStepRewardModel } from "./reward-files";
export { scoreSamples } from "./score-samples";
export { encodeSteps } from "./step-encoding";
export { stepForm, stepHead } from "./step-head";
export { StepRewardModel } from "./step-reward-model";
export { trainStepRewards } from "./train-step-rewards";
export { trainingSamples } from "./training-samples";
export { worldPolicy, worldSample } from "./world-policy";
