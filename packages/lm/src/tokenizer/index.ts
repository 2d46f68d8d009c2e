export type { ChatMessage, ChatTemplateOptions } from "./chat-template";
export { copyTokenizer } from "./copy-tokenizer";
export {
  type CreateTokenizerOptions,
  createTokenizer,
  type Tokenizer,
  type TokenizerFiles,
} from "./create-tokenizer";
export { deepseekChatTemplate, type EncodedChat, encodeChat, ignoreIndex } from "./encode-chat";
export { encodeCompletion } from "./encode-completion";
export { encodeInstruction, type Instruction, instructionPrompt } from "./encode-instruction";
export { type Llama2cTokenizer, llama2cTokenizerJson } from "./llama2c-tokenizer-json";
export { loadTokenizer } from "./load-tokenizer";
export { saveTokenizer, type TokenizerConfigOptions, tokenizerConfig } from "./save-tokenizer";
export type {
  TokenizerConfigJson,
  TokenizerJson,
} from "./tokenizer-json";
export { type TrainBpeEvent, type TrainBpeOptions, trainBpe, trainBpeEvents } from "./train-bpe";
export { trainTokenizer } from "./train-tokenizer";
