export { type Continuation, type GenerateBatchOptions, generateBatch } from "./generate-batch";
export {
  generateSpeculative,
  type SpeculativeEvent,
  type SpeculativeOptions,
  type SpeculativeResult,
} from "./generate-speculative";
export { type BatchOptions, type BatchTokenEvent, GenerationBatch } from "./generation-batch";
export type { BatchRequest, StopStrings } from "./sequence";
