/**
 * Models that call functions: prompts with tools, and answers whose calls follow the tools' schemas. An entry of its own, which no
 * other entry imports before it is used.
 *
 * @packageDocumentation
 */
export type { ToolEvent } from "./call-reader";
export { chatTools } from "./chat-tools";
export { type ToolFormat, toolFormats } from "./forms";
export { type OpenTools, openTools } from "./open-tools";
export type { Tool, ToolChoice } from "./tool";
export { toolBatcher } from "./tool-batcher";
