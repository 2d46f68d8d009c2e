export type { BatchTokenEvent } from "./batch-events";
export { type Continuation, generateBatch } from "./generate-batch";
export {
  generateSpeculative,
  type SpeculativeEvent,
  type SpeculativeResult,
} from "./generate-speculative";
export { GenerationBatch } from "./generation-batch";
export type { BatchRequest } from "./sequence";
