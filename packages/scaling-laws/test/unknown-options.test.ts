import { describeOptions } from "@deepgrain/vitest/unknown-options";
import * as api from "../src";

describeOptions(api, {
  fitParametric: 1,
  parametricFit: 1,
  fitParts: 1,
  fitReport: 1,
  fitRuns: 1,
  fitHyperParameter: 2,
  fitIsoFlop: 1,
  fitLossCurve: 2,
  parseLaw: 1,
  decoderShape: 1,
  decoderWidth: 1,
  forecastLoss: 2,
  overTraining: 0,
  plan: 2,
  importRuns: 1,
  runFromFolder: 1,
  parseRuns: 1,
  importWandb: 1,
  multiStepRate: 1,
  multiStepStages: 0,
  stageReuse: 1,
});
