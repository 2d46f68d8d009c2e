export { cleanSubset, type Labelled } from "./labelled";
export {
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
export { rareWords, type Trigger } from "./triggers";
