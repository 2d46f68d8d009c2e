export { type EncodeTextsOptions, encodeTexts } from "./encode-texts";
export { batchRow, type EncoderBatch } from "./encoder-batch";
export { type EncoderConfig, type EncoderTask, longestRow } from "./encoder-config";
export { EncoderModel, type EncoderModelOptions } from "./encoder-model";
export {
  isEncoderFolder,
  type LoadEncoderOptions,
  loadEncoder,
  type NewHead,
} from "./load-encoder";
export { encoderConfigJson, parseEncoderConfig } from "./parse-encoder-config";
export { encoderWeights, saveEncoder } from "./save-encoder";
