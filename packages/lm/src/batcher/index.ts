export type {
  Batcher,
  BatcherEvent,
  BatcherNumbers,
  BatcherRequest,
  BatcherStream,
} from "./batcher";
export { connectBatcher } from "./connect-batcher";
export { type BatcherOptions, createBatcher } from "./create-batcher";
export type { BatcherPort } from "./port";
export { serveBatcher } from "./serve-batcher";
