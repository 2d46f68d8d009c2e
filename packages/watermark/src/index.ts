export { detectorMiddleware } from "./adapters/ai-sdk";
export { chooseFromProbabilities } from "./adapters/choose-from-probabilities";
export { toLogitBias } from "./adapters/logit-bias";
export { forNodeLlamaCpp } from "./adapters/node-llama-cpp";
export { forTransformers } from "./adapters/transformers";
export { forWebLlm } from "./adapters/web-llm";
export { attackText } from "./attacks/attack-text";
export { paraphrase } from "./attacks/paraphrase";
export { stealGreenLists } from "./attacks/steal-green-lists";
export { foldCase, insertInvisible, swapHomoglyphs } from "./attacks/text-attacks";
export { copyPaste, type Random, substitute } from "./attacks/token-attacks";
export {
  bitsCodec,
  bytesCodec,
  integerCodec,
  type PayloadCodec,
  recordCodec,
  textCodec,
} from "./codec/payload-codec";
export { describeMisread, type PayloadReading, payloadReading } from "./codec/payload-reading";
export { rsDecode, rsEncode } from "./codec/reed-solomon";
export { type SpelledCodec, spelledCodec } from "./codec/spelled-codec";
export { describeDetection } from "./core/describe-detection";
export { explainHtml } from "./core/explain-html";
export { spikeEntropy } from "./core/hit-rate";
export type { Processor } from "./core/processor";
export type {
  DecodeOptions,
  Decoding,
  Detection,
  DetectOptions,
  Explanation,
  TextInput,
} from "./core/results";
export { continueText, createSampler, type Sampler } from "./core/sampler";
export type { PayloadCandidate } from "./core/scheme";
export { WatermarkError, type WatermarkErrorCode } from "./errors";
export { type CalibratedThreshold, calibrate } from "./metrics/calibrate";
export { type ComparisonRow, compareSchemes } from "./metrics/compare";
export { type Distortion, distortion } from "./metrics/distortion";
export {
  distinctN,
  klDivergence,
  type LanguageModel,
  perplexity,
  repetition,
} from "./metrics/quality";
export { auroc, bitAccuracy, codingRate, tprAtFpr, wilson } from "./metrics/rates";
export { createKey, generateSecret, type WatermarkKey } from "./prf/key";
export { createKeyRing, type KeyInput, type KeyRing } from "./prf/key-ring";
export type { KgwProfile, Profile, ProfileInput, SchemeName } from "./profile";
export { bridgeProxy } from "./proxy/bridge-proxy";
export { type NgramData, ngramFromJSON, trainNgram } from "./proxy/ngram";
export { type ProxyLM, proxyFromLogits, uniformProxy } from "./proxy/proxy-lm";
export {
  type BayesianDetector,
  bayesianPosterior,
  synthIdGValues,
  trainBayesianDetector,
} from "./schemes/synthid/bayesian-detector";
export {
  bayesianFromHuggingFace,
  bayesianToHuggingFace,
} from "./schemes/synthid/bayesian-huggingface";
export { canonicaliseHomoglyphs } from "./text/homoglyphs";
export { normalizeText } from "./text/normalize-text";
export type { Capacity } from "./watermark/capacity";
export { createWatermark, type Watermark } from "./watermark/create-watermark";
export { defineProfile } from "./watermark/define-profile";
export { fromHuggingFace, toHuggingFace } from "./watermark/huggingface-config";
export { publicProfile, readProfile } from "./watermark/read-profile";
export { spikeMeter } from "./watermark/spike-meter";
export { validateProfile } from "./watermark/validate-profile";
export { type VectorsInput, vectors } from "./watermark/vectors";
