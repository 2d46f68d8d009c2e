/**
 * Evaluation of models by tasks. An entry of its own.
 *
 * @packageDocumentation
 */
export { aiSdkWriter } from "./ai-sdk-writer";
export { endpointScorer } from "./endpoint-scorer";
export { type AnswerWriter, evaluateAnswers } from "./evaluate-answers";
export { type ChoiceScorer, evaluateChoices } from "./evaluate-choices";
export { exactShare, type Share } from "./exact-interval";
export { modelScorer, modelWriter } from "./model-sources";
export { type DataRow, parseTask, type Task } from "./task";
