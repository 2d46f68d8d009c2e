export { type Continuation, generateBatch } from "./generate-batch";
export {
  generateSpeculative,
  type SpeculativeEvent,
  type SpeculativeResult,
} from "./generate-speculative";
