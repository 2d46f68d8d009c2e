export { cleanSubset } from "./labelled";
export {
  badSent,
  badWord,
  biasSent,
  biasWord,
  type DataAttack,
  dataAttacks,
  type Poisoned,
  poison,
  withPattern,
} from "./poison";
export { rareWords } from "./triggers";
