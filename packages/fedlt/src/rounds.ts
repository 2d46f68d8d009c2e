/**
 * One model trained in several places by rounds of local steps: the workers' part, their share of the data, and the
 * rounds.
 *
 * @packageDocumentation
 */
export { shareOfBlocks } from "./longtail/data/share-of-blocks";
export { localSteps, type StepTraining } from "./longtail/models/local-steps";
export { trainByRounds } from "./train-by-rounds";
