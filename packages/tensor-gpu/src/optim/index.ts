export { Adagrad, type AdagradOptions, type AdagradState } from "./adagrad";
export { Adam } from "./adam";
export type { AdamOptions } from "./adam-family";
export { AdamW, type AdamWOptions, type AdamWState } from "./adamw";
export { clipGradNorm, gradNorm, type ParameterGroup, type StepOptions } from "./optimizer";
export { RMSprop, type RMSpropOptions, type RMSpropState } from "./rmsprop";
export {
  constantSchedule,
  cosineRestartsSchedule,
  cosineSchedule,
  exponentialSchedule,
  linearSchedule,
  multiStepSchedule,
  polynomialSchedule,
  type Schedule,
  wsdSchedule,
} from "./schedules";
export { SGD, type SgdOptions } from "./sgd";
