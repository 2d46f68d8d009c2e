export type { Capacity, CapacityOptions } from "./core/capacity";
export { decodableBits, hitRate, spikeEntropy, tokensForBits } from "./core/capacity";
export { createWatermark, type Watermark, type WatermarkOptions } from "./core/create-watermark";
export { fromHuggingFace, type HuggingFaceConfig, toHuggingFace } from "./core/huggingface-config";
export type { Processor, ProcessorOptions } from "./core/processor";
export type * from "./core/profile";
export type * from "./core/results";
export type { PayloadCandidate, SymbolReading } from "./core/scheme";
export { validateProfile } from "./core/validate-profile";
export { WatermarkError, type WatermarkErrorCode } from "./error";
export { createKey, generateSecret, isSameKey, type WatermarkKey } from "./prf/key";
export { createKeyRing, type KeyInput, type KeyRing } from "./prf/key-ring";
export {
  type NgramData,
  type NgramModel,
  type NgramOptions,
  ngramFromJSON,
  trainNgram,
} from "./proxy/ngram";
export { type ProxyLM, proxyFromLogits, uniformProxy } from "./proxy/proxy-lm";
