import { describeOptions } from "@deepgrain/vitest/unknown-options";
import * as links from "../src/federation/links";
import * as nats from "../src/federation/nats";
import * as node from "../src/federation/node";
import * as secure from "../src/federation/secure";
import * as websocket from "../src/federation/websocket";
import * as workers from "../src/federation/workers";
import * as models from "../src/longtail/models";
import * as rounds from "../src/rounds";
import * as api from "./support/all";

describeOptions(api, {
  scoreStrategy: 1,
  classWisePartition: 1,
  exponentialCounts: 1,
  meanPool: 1,
  priorScaledPartition: 1,
  splitLongTail: 1,
  matchNorm: 2,
  classGradients: 3,
  createClassifier: 1,
  createTrainer: 0,
  encodeRows: 3,
  completeLocalConfig: 0,
  mlpEncoder: 1,
  predict: 3,
  evaluateClassifier: 3,
  tailBounds: 1,
  accuracyReport: 2,
  completeAdaptiveClip: 0,
  ditto: 0,
  dpFedAvg: 0,
  privacySpent: 0,
  noiseFor: 0,
  checkUpdate: 2,
  runFederation: 0,
  finishFederation: 0,
  inProcessTransport: 0,
  encodeTask: 1,
  encodeUpdate: 2,
  weightedMean: 0,
  trimmedMean: 0,
  krum: 0,
  climbRound: 2,
  climb: 0,
  creff: 0,
  fedAvg: 0,
  fedProx: 0,
  fedFocal: 0,
  fedDyn: 0,
  fedNova: 0,
  moon: 0,
  contrastiveLoss: 3,
  fedAvgM: 0,
  diLoCo: 0,
  fedAdam: 0,
  fedYogi: 0,
  logitAdjustment: 0,
  retrainHead: 3,
  normaliseRows: 1,
  ratioLoss: 0,
  redGrape: 0,
  scaffold: 0,
});

describeOptions(links, {
  openLink: 0,
  joinLink: 0,
});

describeOptions(rounds, {
  localSteps: 0,
  trainByRounds: 0,
});

describeOptions(models, {
  moduleEncoder: 0,
  toNamed: 1,
  fromNamed: 2,
});

describeOptions(nats, {
  natsClient: 0,
  natsTransport: 0,
  connectionOptions: 1,
  natsServerConfig: 0,
});

describeOptions(node, {
  folderJournal: 1,
});

describeOptions(secure, {
  secureAggregation: 0,
});

describeOptions(websocket, {
  webSocketTransport: 0,
  webSocketClient: 0,
});

describeOptions(workers, {
  workerTransport: 0,
  webWorkerPool: 0,
});
