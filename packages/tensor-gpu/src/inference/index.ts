export { perHeadInto } from "./heads";
export {
  activateInto,
  attendInto,
  combineInto,
  gatherInto,
  type IntoActivation,
  type LinearIntoOptions,
  layerNormInto,
  linearInto,
  rmsNormInto,
  scaleInto,
  swigluInto,
} from "./into";
export {
  type AttendPagesOptions,
  attendPages,
  type KeyPages,
  type PageRotation,
  storePages,
} from "./pages";
