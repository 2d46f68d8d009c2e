import { describeOptions } from "@deepgrain/vitest/unknown-options";
import * as api from "../src";

describeOptions(api, {
  attachLoss: 2,
  communicationBalanceLoss: 2,
  balancedBias: 2,
  updateBias: 2,
  choiceCounts: 2,
  routingShares: 1,
  "new DenseLayer": 0,
  "DenseLayer.prototype.forward": 1,
  "new HashLayer": 0,
  "HashLayer.prototype.forward": 1,
  countFlops: 2,
  monitorLoad: 1,
  dropTokens: 1,
  limitCapacity: 1,
  "new GatedMlp": 2,
  "new MoeLayer": 0,
  "MoeLayer.prototype.forward": 1,
  topKGate: 1,
});
