export { type ChatOptions, chat } from "./chat";
export { type ChatTokenizer, chatPrompt } from "./chat-prompt";
export { complete } from "./complete";
export type { PromptPiece, TextPiece, TextUsage } from "./text-piece";
