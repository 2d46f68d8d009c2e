import { writeFileSync, existsSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import * as f from "../support/all";
import { toyClients, toyData, toyEncoder, toyEvaluate, toyInitial, toyLocal, toyTrain } from "../support/toy";
const strategies: Record<string, any> = {
  fedAvg: () => f.fedAvg({ local: toyLocal }), prox: () => f.fedProx({ local: toyLocal }), focal: () => f.fedFocal({ local: toyLocal }),
  nova: () => f.fedNova({ local: toyLocal }), m: () => f.fedAvgM({ local: toyLocal }), adam: () => f.fedAdam({ local: toyLocal }),
  yogi: () => f.fedYogi({ local: toyLocal }), diloco: () => f.diLoCo({ local: toyLocal }), scaffold: () => f.scaffold({ local: toyLocal }),
  climb: () => f.climb({ local: toyLocal }), creff: () => f.creff({ local: toyLocal, headEpochs: 5, matchingSteps: 5 }),
  creffNull: () => f.creff({ local: toyLocal, headEpochs: 5, matchingSteps: 5, headGradientDraws: null, distance: "one-vector" }),
  logit: () => f.logitAdjustment({ local: toyLocal }), ratio: () => f.ratioLoss({ local: toyLocal, encoder: toyEncoder, auxiliary: toyData("server", 96) }),
  red: () => f.redGrape({ local: toyLocal, threshold: 4 }), redNull: () => f.redGrape({ local: toyLocal, threshold: null }),
  redMean: () => f.redGrape({ local: toyLocal, threshold: 4, prototypeDelivery: "missing-mean" }),
  redOwn: () => f.redGrape({ local: toyLocal, threshold: 4, aggregateSupplementary: false }),
  redNoP: () => f.redGrape({ local: toyLocal, threshold: 4, without: "prototypes" }), redNoS: () => f.redGrape({ local: toyLocal, threshold: 4, without: "supplementary" }),
  redCompat: () => f.redGrape({ local: toyLocal, threshold: 4, compat: { keepGradients: true, bareNorms: true, balancedPassTrains: true } }),
  redCompat2: () => f.redGrape({ local: toyLocal, threshold: null, compat: { keepGradients: true } }),
  redPriv: () => f.redGrape({ local: toyLocal, threshold: 4, prototypePrivacy: { minSamples: 3, clipNorm: 0.5, noiseMultiplier: 0.1 } }),
  dp: () => f.dpFedAvg({ local: toyLocal, clipNorm: 0.3, noiseMultiplier: 0.5, samplingRate: 1, population: 4, random: f.stream(3) }),
  trimmed: () => f.fedAvg({ local: toyLocal, aggregator: f.trimmedMean({ share: 0.3 }) }), krum: () => f.fedAvg({ local: toyLocal, aggregator: f.krum({ byzantine: 0, keep: 2 }) }),
};
it("same bits", async () => {
  const out: Record<string, unknown> = {};
  for (const [name, make] of Object.entries(strategies)) {
    const evals: unknown[] = [];
    const { state, counts } = await f.finishFederation({ transport: f.inProcessTransport({ clients: toyClients, train: toyTrain }), strategy: make(), initial: await toyInitial(), rounds: 3, seed: 5, evaluate: toyEvaluate }, { onEvent: (e: any) => e.type === "eval-end" && evals.push(e.metrics) });
    out[name] = [f.tensorChecksum(state.params), Object.fromEntries([...state.groups].map(([g, t]) => [g, f.tensorChecksum(t)])), state.values, counts, evals];
  }
  const text = JSON.stringify(out);
  if (!existsSync("/tmp/fedlt-bits.json")) writeFileSync("/tmp/fedlt-bits.json", text);
  expect(JSON.parse(text)).toEqual(JSON.parse(readFileSync("/tmp/fedlt-bits.json", "utf8")));
}, 60000);
