/**
 * Models that call functions: prompts with tools, and answers whose calls follow the tools' schemas. An entry of its own, which no
 * other entry imports before it is used.
 *
 * @packageDocumentation
 */
export type { ToolEvent } from "./call-reader";
export { type AnswerEnd, type ChatToolsOptions, chatTools } from "./chat-tools";
export { compileTools } from "./compile-tools";
export { type ToolFormat, toolFormats } from "./forms";
export { type OpenTools, type OpenToolsOptions, openTools } from "./open-tools";
export type { Tool, ToolChoice } from "./tool";
export { toolBatcher } from "./tool-batcher";
export { toolFormatOf } from "./tool-form-of";
export { hasCalls, toolMessages } from "./tool-messages";
export type { ToolRules } from "./tool-rules";
