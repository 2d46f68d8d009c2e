export { AdamW, type AdamWOptions, type AdamWState } from "./adamw";
export { clipGradNorm, gradNorm, type ParameterGroup, type StepOptions } from "./optimizer";
export {
  constantSchedule,
  cosineSchedule,
  exponentialSchedule,
  linearSchedule,
  multiStepSchedule,
  type Schedule,
  wsdSchedule,
} from "./schedules";
export { SGD, type SgdOptions } from "./sgd";
