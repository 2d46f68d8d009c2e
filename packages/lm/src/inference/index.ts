export type { BatchCounts, BatchTokenEvent } from "./batch-events";
export type { BatchOptions } from "./batch-options";
export { type Continuation, type GenerateBatchOptions, generateBatch } from "./generate-batch";
export {
  generateSpeculative,
  type SpeculativeEvent,
  type SpeculativeOptions,
  type SpeculativeResult,
} from "./generate-speculative";
export { GenerationBatch } from "./generation-batch";
export type { BatchRequest, StopStrings } from "./sequence";
