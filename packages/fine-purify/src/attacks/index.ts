export { assertLabels, type CleanSubsetOptions, cleanSubset, type Labelled } from "./labelled";
export {
  type AttackMaker,
  type AttackOptions,
  badSent,
  badWord,
  biasSent,
  biasWord,
  type DataAttack,
  dataAttacks,
  type Poisoned,
  type PoisonOptions,
  poison,
  withPattern,
} from "./poison";
export { neutralSentence, rareWords, sentenceTrigger, type Trigger, wordTrigger } from "./triggers";
