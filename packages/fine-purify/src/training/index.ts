/**
 * Training of classifiers for attack and defence: fine-tuning, layer-wise losses, a penalty on drift, the RAP trigger word.
 *
 * @packageDocumentation
 */
export { driftPenalty } from "./drift-penalty";

export { layerwiseLoss } from "./layerwise-loss";
export { trainRows } from "./train-rows";
export { tuneRapWord } from "./tune-rap-word";
