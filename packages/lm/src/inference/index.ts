export { type Continuation, type GenerateBatchOptions, generateBatch } from "./generate-batch";
export { type BatchOptions, type BatchTokenEvent, GenerationBatch } from "./generation-batch";
export type { BatchRequest, StopStrings } from "./sequence";
