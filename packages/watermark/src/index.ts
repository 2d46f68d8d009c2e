export {
  type ContentPartLike,
  type DetectionSummary,
  type DetectorMiddlewareOptions,
  detectorMiddleware,
  type GenerateResultLike,
  type StreamPartLike,
  type StreamResultLike,
} from "./adapters/ai-sdk";
export { chooseFromProbabilities } from "./adapters/choose-from-probabilities";
export { type LogitBiasOptions, toLogitBias } from "./adapters/logit-bias";
export {
  forNodeLlamaCpp,
  type NodeLlamaCppMark,
  type NodeLlamaCppOptions,
  type TokenBiasLike,
} from "./adapters/node-llama-cpp";
export {
  type BatchProcessor,
  forTransformers,
  type LogitsTensor,
  type ProcessorSource,
  type TransformersMark,
} from "./adapters/transformers";
export { forWebLlm, type WebLlmLogitProcessor } from "./adapters/web-llm";
export { type ParaphraseOptions, paraphrase } from "./attacks/paraphrase";
export { type StealOptions, type StolenMark, stealGreenLists } from "./attacks/steal-green-lists";
export { foldCase, insertInvisible, swapHomoglyphs } from "./attacks/text-attacks";
export {
  copyPaste,
  deleteTokens,
  insertTokens,
  type Random,
  type Replacement,
  substitute,
  swapNeighbours,
} from "./attacks/token-attacks";
export {
  bitsCodec,
  bytesCodec,
  type CodecOptions,
  type DecodedPayload,
  integerCodec,
  type PayloadCodec,
  type ProvenanceRecord,
  type RecordLayout,
  recordCodec,
  textCodec,
} from "./codec/payload-codec";
export type { PayloadTag } from "./codec/payload-tag";
export { type RsDecoded, rsDecode, rsEncode } from "./codec/reed-solomon";
export { type RsCode, rsCodeFor } from "./codec/reed-solomon-code";
export { decodableBits, tokensForBits } from "./core/decodable-bits";
export { type ExplainHtmlOptions, explainHtml } from "./core/explain-html";
export { hitRate, spikeEntropy } from "./core/hit-rate";
export type { Processor, ProcessorOptions } from "./core/processor";
export type * from "./core/results";
export { continueText, createSampler, type Sampler, type SamplerOptions } from "./core/sampler";
export type { PayloadCandidate, SchemeResources, SymbolReading } from "./core/scheme";
export { WatermarkError, type WatermarkErrorCode } from "./errors";
export {
  type CalibratedThreshold,
  type CalibrateOptions,
  calibrate,
  type LengthCalibration,
} from "./metrics/calibrate";
export { type CompareOptions, type ComparisonRow, compareSchemes } from "./metrics/compare";
export { distinctN, type LanguageModel, perplexity, repetition } from "./metrics/quality";
export { auroc, bitAccuracy, codingRate, type Rate, tprAtFpr, wilson } from "./metrics/rates";
export { createKey, generateSecret, isSameKey, type WatermarkKey } from "./prf/key";
export { createKeyRing, type KeyInput, type KeyRing } from "./prf/key-ring";
export type * from "./profile";
export { type BridgeOptions, bridgeProxy } from "./proxy/bridge-proxy";
export {
  type NgramData,
  type NgramModel,
  type NgramOptions,
  ngramFromJSON,
  trainNgram,
} from "./proxy/ngram";
export { type ProxyLM, proxyFromLogits, uniformProxy } from "./proxy/proxy-lm";
export {
  type BayesianDetector,
  type BayesianOptions,
  bayesianPosterior,
  type GMatrix,
  synthIdGValues,
  trainBayesianDetector,
} from "./schemes/synthid/bayesian-detector";
export {
  bayesianFromHuggingFace,
  bayesianToHuggingFace,
  type SavedTensor,
} from "./schemes/synthid/bayesian-huggingface";
export { canonicaliseHomoglyphs } from "./text/homoglyphs";
export { type NormalizeOptions, normalizeText } from "./text/normalize-text";
export type { Capacity, CapacityOptions } from "./watermark/capacity";
export {
  createWatermark,
  type Watermark,
  type WatermarkOptions,
} from "./watermark/create-watermark";
export { defineProfile } from "./watermark/define-profile";
export {
  fromHuggingFace,
  type HuggingFaceConfig,
  toHuggingFace,
} from "./watermark/huggingface-config";
export { validateProfile } from "./watermark/validate-profile";
export {
  type OtherDetectors,
  type VectorsInput,
  type VectorsRow,
  vectors,
} from "./watermark/vectors";
