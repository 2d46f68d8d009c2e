export { type ChatOptions, chat } from "./chat";
export { type ChatTokenizer, chatPrompt } from "./chat-prompt";
export { complete } from "./complete";
export { connectPromptEncoder } from "./connect-prompt-encoder";
export { createPromptEncoder, type PromptEncoder } from "./prompt-encoder";
export { servePromptEncoder } from "./serve-prompt-encoder";
export type { PromptPiece, TextPiece, TextUsage } from "./text-piece";
