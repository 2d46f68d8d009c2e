import { describeOptions } from "@deepgrain/vitest/unknown-options";
import * as api from "../src";
import * as encoders from "../src/encoders";
import * as files from "../src/files";
import * as fisher from "../src/fisher";
import * as miniature from "../src/miniature";
import * as training from "../src/training";

describeOptions(api, {
  onion: 2,
  stripEntropies: 3,
  indicator: 2,
  purify: 2,
  searchRho: 0,
  cleanSubset: 1,
  badSent: 0,
  badWord: 0,
  biasSent: 0,
  biasWord: 0,
  poison: 2,
  posterior: 1,
});

describeOptions(encoders, {
  attackEncoder: 2,
  defendEncoder: 2,
  cleanFisher: 2,
  encoderFisherNeed: 1,
  onionFilter: 2,
  maskedPerplexities: 2,
  chooseRho: 1,
  initialWeights: 2,
  tuneCheckpoint: 3,
  writeCleanFisher: 3,
  predictRows: 2,
  rapScreen: 1,
  stripScreen: 1,
});

describeOptions(files, {
  writeFisher: 3,
  purifyFiles: 1,
});

describeOptions(fisher, {
  diagonalFisher: 2,
});

describeOptions(miniature, {
  pretrainEncoder: 1,
});

describeOptions(training, {
  driftPenalty: 2,
  trainRows: 4,
  tuneRapWord: 4,
});
