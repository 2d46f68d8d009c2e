/** @file What is loaded with the first backend, and by nothing else. */

export { makeWebGpuBackend } from "./create-web-gpu-backend";
export { tuneTiles } from "./tune-tiles";
