import { describeOptions } from "@deepgrain/vitest/unknown-options";
import * as api from "../src";

describeOptions(api, {
  toLogitBias: 1,
  forNodeLlamaCpp: 1,
  forTransformers: 1,
  paraphrase: 2,
  bitsCodec: 1,
  bytesCodec: 1,
  integerCodec: 1,
  recordCodec: 1,
  textCodec: 1,
  createWatermark: 2,
  spelledCodec: 1,
  attackText: 2,
  continueText: 3,
  createSampler: 1,
  calibrate: 2,
  compareSchemes: 0,
  trainNgram: 1,
  trainBayesianDetector: 2,
  normalizeText: 1,
  stealGreenLists: 2,
  explainHtml: 2,
});
