export { generateBatch } from "./generate-batch";
export { generateSpeculative } from "./generate-speculative";
