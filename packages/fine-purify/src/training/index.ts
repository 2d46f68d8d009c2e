export { driftPenalty } from "./drift-penalty";

export { layerwiseLoss } from "./layerwise-loss";
export { trainRows } from "./train-rows";
export { tuneRapWord } from "./tune-rap-word";
