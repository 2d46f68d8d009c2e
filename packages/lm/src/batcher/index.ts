export type {
  Batcher,
  BatcherEvent,
  BatcherNumbers,
  BatcherRequest,
  BatcherStream,
  BatcherTokenEvent,
} from "./batcher";
export { connectBatcher, type OpenPort } from "./connect-batcher";
export { type BatcherOptions, createBatcher } from "./create-batcher";
export type { BatcherPort } from "./port";
export { serveBatcher } from "./serve-batcher";
