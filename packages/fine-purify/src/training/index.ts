export { type AdversarialMaskOptions, adversarialMasks, pruneByMask } from "./anp";
export { type BatchOptions, epochBatches } from "./batches";
export { type DriftPenaltyOptions, driftPenalty } from "./drift-penalty";
export { type FinePruneOptions, finePrune, type PrunedUnits } from "./fine-prune";
export { type FineTuneOptions, fineTune } from "./fine-tune";
export { type UnitGroup, unitsOf } from "./gated-layers";
export { layerwiseLoss } from "./layerwise-loss";
export { type TrainRowsOptions, trainRows } from "./train-rows";
export { type RapOptions, tuneRapWord } from "./tune-rap-word";
