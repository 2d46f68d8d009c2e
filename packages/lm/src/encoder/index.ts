export { type EmbedTextsOptions, embedTexts } from "./embed-texts";
export { encodeTexts } from "./encode-texts";
export { batchRow, type EncoderBatch } from "./encoder-batch";
export type { EncoderConfig, EncoderTask } from "./encoder-config";
export { EncoderModel } from "./encoder-model";
export { isEncoderFolder, loadEncoder } from "./load-encoder";
export { longestRow } from "./longest-row";
export { encoderConfigJson, parseEncoderConfig } from "./parse-encoder-config";
export { saveEncoder } from "./save-encoder";
