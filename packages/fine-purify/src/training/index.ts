export { driftPenalty } from "./drift-penalty";

export type { FineTuneOptions } from "./fine-tune";

export { layerwiseLoss } from "./layerwise-loss";
export { trainRows } from "./train-rows";
export { tuneRapWord } from "./tune-rap-word";
