import { describeOptions } from "@deepgrain/vitest/unknown-options";
import { expect, it } from "vitest";
import * as api from "../src";

describeOptions(api, {
  watchLoad: 1,
  attachLoss: 2,
  communicationBalanceLoss: 2,
  expertBalanceLoss: 1,
  deviceBalanceLoss: 1,
  segmentExperts: 1,
  estimateMemory: 1,
  createBaseline: 1,
  "new StackedExperts": 3,
  balancedBias: 2,
  updateBias: 2,
  routerZLoss: 1,
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

it("refuses a misspelt alpha instead of taking none", () => {
  const shares = {} as never;
  const options = { alpha: 0.1, aplha: 3 };
  for (const loss of [api.expertBalanceLoss, api.deviceBalanceLoss])
    expect(() => loss(shares, options as never)).toThrow(
      expect.objectContaining({
        code: "ERR_ARGUMENT",
        message: expect.stringContaining(`moe/${loss.name}: unknown option "aplha"; options are `),
      }),
    );
});

it("names the option that was meant by normTopKProb", () => {
  const sizes = { hiddenSize: 4, expertSize: 4, experts: 2, topK: 1 };
  expect(() => new api.MoeLayer({ ...sizes, normTopKProb: true } as never)).toThrow(
    'moe/MoeLayer: unknown option "normTopKProb"; did you mean "normTopkProb"?',
  );
});
