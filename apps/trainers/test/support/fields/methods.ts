/** @file The owners of the fields of method packages. */
import * as coder from "@deepgrain/coder";
import * as fedlt from "@deepgrain/fedlt";
import * as links from "@deepgrain/fedlt/links";
import * as purify from "@deepgrain/fine-purify";
import * as encoders from "@deepgrain/fine-purify/encoders";
import * as miniature from "@deepgrain/fine-purify/miniature";
import * as anchors from "@deepgrain/icl-anchors";
import * as renode from "@deepgrain/renode";
import * as gnn from "@deepgrain/renode/gnn";
import * as scaling from "@deepgrain/scaling-laws";
import * as watermark from "@deepgrain/watermark";
import { any, type Groups, group, of, ofCommand } from "./owner";

const graph = { order: 2, offsets: Uint32Array.of(0, 1, 2), targets: Uint32Array.of(1, 0) };
const labels = { getNodeLabel: ["a", "b"], getNodeTrain: [true, true] };
const random = () => 0.5;
const attacked = ["substitute", { ids: [1, 2] }] as const;
const attacking = { rate: 0.5, vocabSize: 9, random };
const deal = { seed: 0, clients: 1 };
const privacy = { samplingRate: 1, steps: 1, delta: 0.1, noiseMultiplier: 1 };
const dp = { clipNorm: 1, noiseMultiplier: 1, samplingRate: 1, population: 1 };
const text = { steps: 1, vocabSize: 260, hiddenSize: 2, maxLength: 8, seed: 0 };
const chooses = "chooses the function";

export const scalingLaws: Groups = {
  runs: group(of(scaling.importRuns, [""]), {
    sequenceLength: of(scaling.runFromFolder, ["none"]),
  }),
  fit: group(of(scaling.fitReport, [[]]), { seed: ofCommand }),
};

export const fedltGroups: Groups = {
  split: group(of(fedlt.splitLongTail, [any], { beside: deal }), {
    seed: of(fedlt.splitLongTail, [any], { beside: deal, ownDefault: "every split has a seed" }),
    clients: of(fedlt.splitLongTail, [any], { beside: deal, ownDefault: "a split has no default" }),
  }),
  privacy: group(of(fedlt.privacySpent, [], { beside: privacy }), {
    epsilon: of(fedlt.noiseFor, [], { beside: { samplingRate: 1, steps: 1, delta: 0.1 } }),
  }),
  aggregation: group(of(fedlt.krum), {
    aggregator: chooses,
    trim: of(fedlt.trimmedMean, [], { as: "share" }),
    byzantine: of(fedlt.krum, [], { ownDefault: "krum has none" }),
    krumKeep: of(fedlt.krum, [], { as: "keep", beside: { byzantine: 1 } }),
  }),
  privateRounds: group(of(fedlt.dpFedAvg, [], { beside: dp }), {
    dpClip: of(fedlt.dpFedAvg, [], { as: "clipNorm", beside: dp }),
    dpQuantile: of(fedlt.dpFedAvg, [], {
      as: "quantile",
      beside: (quantile) => ({ ...dp, adaptiveClip: { quantile } }),
    }),
    delta: of(fedlt.privacySpent, [], { beside: privacy, ownDefault: "an accountant has none" }),
  }),
  link: group(of(links.openLink, [], { beside: { transport: "nats" } })),
  rounds: group(of(fedlt.diLoCo), { innerSteps: ofCommand }),
};

export const watermarkGroups: Groups = {
  codec: group(of(watermark.spelledCodec, [4096], { beside: { key: "00".repeat(16) } }), {
    checksum: "is a word of the command and a number of the codec",
  }),
  detection: "is checked by detect, a method of a watermark",
  decoding: "is checked by decode, a method of a watermark",
  attack: group(of(watermark.attackText, attacked, { beside: attacking }), {
    attack: chooses,
    editRate: of(watermark.attackText, attacked, {
      as: "rate",
      beside: attacking,
      ownDefault: "an attack has none",
    }),
  }),
  calibration: group(of(watermark.calibrate, [any, []], { beside: { lengths: [9] } }), {
    lengths: of(watermark.calibrate, [any, []], { ownDefault: "a calibration has none" }),
  }),
};

export const renodeGroups: Groups = {
  weights: group(of(renode.renodeWeights, [graph], { beside: { minWeight: 0, ...labels } }), {
    minWeight: of(renode.renodeWeights, [graph], { beside: labels }),
  }),
  split: group(of(gnn.balancedSplit, [[0, 1]], { beside: { random } }), {
    split: chooses,
    seed: ofCommand,
    labelRatio: of(gnn.stepSplit, [[0, 1]], { beside: { random, imbalance: 1 } }),
    imbalance: of(gnn.stepSplit, [[0, 1]], { beside: { random, labelRatio: 0.5 } }),
    draws: of(gnn.imbalanceLevels, [graph, [0, 1]], { beside: { random, perLevel: 1 } }),
  }),
  network: group(of(gnn.trainNodes, [any], { beside: { model: "gcn" } }), {
    network: of(gnn.trainNodes, [any], { as: "model", ownDefault: "training has no default" }),
    epochs: of(gnn.trainNodes, [any], { as: "maxEpochs", beside: { model: "gcn" } }),
    fanouts: of(gnn.trainNodes, [any], {
      beside: (fanouts) => ({ model: "gcn", sampling: { fanouts } }),
    }),
    batchSize: of(gnn.trainNodes, [any], {
      beside: (batchSize) => ({ model: "gcn", sampling: { batchSize } }),
    }),
  }),
};

export const coderGroups: Groups = {
  fim: group(of(coder.fim, ["text"], { beside: { random } })),
  packing: group(of(coder.packRepository, [[]])),
  duplicates: group(of(coder.nearDuplicates, [[]])),
  evaluation: group(of(coder.evaluateTasks, [[], any, any], { beside: { n: 9 } })),
  limits: "bounds a sandbox, whose limits are of each program",
};

export const finePurify: Groups = {
  pattern: "makes a data attack, which the command chooses",
  attack: group(of(encoders.attackEncoder, [any, []], { beside: { lr: 0 } }), {
    poisonRate: of(purify.poison, [[], any], { as: "rate" }),
    setting: of(purify.poison, [[], any]),
  }),
  encoder: group(
    of(miniature.trainTextEncoder, [[]], { beside: text, ownDefault: "an encoder has none" }),
    { seed: of(miniature.trainTextEncoder, [[]], { beside: text }) },
  ),
  training: group(of(encoders.attackEncoder, [any, []], { beside: { lr: 0 } }), {
    lr: of(encoders.attackEncoder, [any, []]),
    optimizer: of(encoders.attackEncoder, [any, []], {
      beside: { lr: 0 },
      ownDefault: "is AdamW where none is named",
    }),
    epochs: ofCommand,
  }),
  method: group(of(encoders.textDefence, [any], { ownDefault: "a defence has none" })),
  screens: group(of(encoders.stripScreen, [any]), {
    rapWord: of(encoders.textDefence, [any]),
    epochs: of(encoders.rapScreen, [any]),
    lr: of(encoders.rapScreen, [any], { as: "rate" }),
  }),
  filter: group(of(encoders.onionFilter, [any, any])),
  purify: group(of(purify.purify, [new Map(), new Map()])),
  search: group(of(encoders.chooseRho, [any])),
  granularity: group(of(purify.purify, [new Map(), new Map()])),
  fisher: group(of(encoders.cleanFisher, [any, []]), {
    fisherAt: of(encoders.chooseRho, [any]),
    largestDrift: of(purify.purify, [new Map(), new Map()]),
  }),
};

export const iclAnchors: Groups = {
  prompts: group(of(anchors.textPromptSet, [any, []], { beside: { seed: 0, items: 2 } }), {
    seeds: ofCommand,
    seed: of(anchors.textPromptSet, [any, []], {
      beside: { items: 2 },
      ownDefault: "a set of prompts has none",
    }),
    items: of(anchors.textPromptSet, [any, []], {
      beside: { seed: 0 },
      ownDefault: "a set of prompts has none",
    }),
  }),
  auc: group(of(anchors.attentionAuc, [any, any])),
  isolation: group(of(anchors.isolate, [any, any])),
  compression: group(of(anchors.compress, [any, any]), {
    variant: of(anchors.compress, [any, any]),
  }),
  diagnosis: group(of(anchors.diagnose, [any, any])),
  reweighting: group(of(anchors.reweight, [any, []])),
  training: "makes a recipe, which the command chooses",
  flow: group(of(anchors.saliencyFlow, [any, any])),
};
