export type {
  Batcher,
  BatcherEvent,
  BatcherNumbers,
  BatcherRequest,
  BatcherStream,
} from "./batcher";
export { type BatcherOptions, createBatcher } from "./create-batcher";
