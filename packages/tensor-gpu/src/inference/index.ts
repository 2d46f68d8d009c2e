export { argmaxInto } from "./argmax-into";
export { perHeadInto } from "./heads";
export {
  activateInto,
  attendInto,
  combineInto,
  gatherInto,
  type IntoActivation,
  layerNormInto,
  rmsNormInto,
  scaleInto,
  swigluInto,
} from "./into";
export type { KeyPages, PageRotation } from "./key-pages";
export { linearArgmaxInto } from "./linear-argmax-into";
export {
  type LinearIntoOptions,
  type LinearTarget,
  linearInto,
  linearsInto,
} from "./linear-into";
export { type AttendPagesOptions, attendPages, storePages } from "./pages";
export { type Launches, recordLaunches } from "./record-launches";
