export { detectorMiddleware } from "./adapters/ai-sdk";
export { chooseFromProbabilities } from "./adapters/choose-from-probabilities";
export { type LogitBiasOptions, toLogitBias } from "./adapters/logit-bias";
export { forNodeLlamaCpp, type NodeLlamaCppOptions } from "./adapters/node-llama-cpp";
export { forTransformers } from "./adapters/transformers";
export { forWebLlm } from "./adapters/web-llm";
export { attackNames, attackText } from "./attacks/attack-text";
export { type ParaphraseOptions, paraphrase } from "./attacks/paraphrase";
export { stealGreenLists } from "./attacks/steal-green-lists";
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
  integerCodec,
  type PayloadCodec,
  type ProvenanceRecord,
  recordCodec,
  textCodec,
} from "./codec/payload-codec";
export { describeMisread, type PayloadReading, payloadReading } from "./codec/payload-reading";
export type { PayloadTag } from "./codec/payload-tag";
export { rsDecode, rsEncode } from "./codec/reed-solomon";
export { type SpelledCodec, spelledCodec } from "./codec/spelled-codec";
export { describeDetection } from "./core/describe-detection";
export { explainHtml } from "./core/explain-html";
export { spikeEntropy } from "./core/hit-rate";
export type { Processor, ProcessorOptions } from "./core/processor";
export type {
  DecodeOptions,
  Decoding,
  Detection,
  DetectOptions,
  Explanation,
  TextInput,
} from "./core/results";
export { continueText, createSampler, type Sampler, type SamplerOptions } from "./core/sampler";
export type { PayloadCandidate, SchemeResources } from "./core/scheme";
export { WatermarkError, type WatermarkErrorCode } from "./errors";
export { type CalibratedThreshold, type CalibrateOptions, calibrate } from "./metrics/calibrate";
export { type CompareOptions, type ComparisonRow, compareSchemes } from "./metrics/compare";
export { distinctN, type LanguageModel, perplexity, repetition } from "./metrics/quality";
export { auroc, bitAccuracy, codingRate, tprAtFpr, wilson } from "./metrics/rates";
export { createKey, generateSecret, isSameKey, type WatermarkKey } from "./prf/key";
export { createKeyRing, type KeyInput, type KeyRing } from "./prf/key-ring";
export type { KgwProfile, Profile, ProfileInput, SchemeName } from "./profile";
export { bridgeProxy } from "./proxy/bridge-proxy";
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
export { publicProfile, readProfile } from "./watermark/read-profile";
export { spikeMeter } from "./watermark/spike-meter";
export { validateProfile } from "./watermark/validate-profile";
export { type VectorsInput, vectors } from "./watermark/vectors";
