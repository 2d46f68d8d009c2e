/** @file The owners of the fields of model packages and of process reward models. */
import * as align from "@deepgrain/align";
import * as lm from "@deepgrain/lm";
import * as moe from "@deepgrain/moe";
import * as prm from "@deepgrain/prm";
import * as prmLm from "@deepgrain/prm/lm";
import { optim } from "@deepgrain/tensor-gpu";
import { fit } from "@deepgrain/trainer";
import { any, type Groups, group, of, ofCommand } from "./owner";

const trained = { data: { batch: () => 0 }, loss: () => 0, steps: 1, lr: 0 };
const _inFit = (as: string, beside: (value: unknown) => object) =>
  of(fit, [any], { as, beside: (value) => ({ ...trained, ...beside(value) }) });
const steps = of(fit, [any], {
  beside: trained,
  wider: "no steps load a state and end",
  ownDefault: "fit has none",
});
const lr = of(optim.cosineSchedule, [], {
  as: "peak",
  beside: { total: 1 },
  ownDefault: "a schedule has none",
});
const warmup = of(optim.cosineSchedule, [], {
  beside: { peak: 1, total: 1 },
  wider: "a schedule may rise over a part of a step",
});
const everySteps = "is everySteps of an evaluation or of checkpoints, which have no default";
const AdamW = (params: unknown, options: object) => new optim.AdamW(params as never, options);
const createProcessors = (options: object) =>
  lm.createProcessors({ doSample: true, ...options }, { promptLength: 1 } as never);
const conversations = { sequenceLength: 8, padTokenId: 0 };

export const lmGroups: Groups = {
  training: group(of(lm.conversationBatches, [[]], { beside: conversations }), {
    steps,
    lr,
    warmup,
    batchSize: of(lm.conversationBatches, [[]], {
      beside: conversations,
      ownDefault: "conversationBatches gives single rows",
    }),
    evaluateEvery: everySteps,
    checkpointEvery: everySteps,
  }),
  steps: group(of(fit, [any], { beside: trained }), {
    weightDecay: of(AdamW, [[]], {
      ownDefault: "of a language model's training, as in the papers; the engine has PyTorch's",
    }),
    maxGradNorm: "is Infinity for no limit, which the command writes as 0",
    schedule: ofCommand,
  }),
  packing: group(of(lm.conversationBatches, [[]], { beside: conversations })),
  lora: group(of(lm.attachLora, [any])),
  balance: group(of(moe.deviceBalanceLoss, [any]), {
    deviceLoss: of(moe.deviceBalanceLoss, [any], { as: "alpha", beside: { devices: 1 } }),
    communicationLoss: of(moe.communicationBalanceLoss, [any, any], {
      as: "alpha",
      beside: { devices: 1 },
    }),
    lossDevices: of(moe.deviceBalanceLoss, [any], { as: "devices", beside: { alpha: 0 } }),
    biasRate: of(moe.updateBias, [any, any], { as: "rate" }),
    biasRateUntil: ofCommand,
  }),
  drop: group(of(moe.dropTokens, [any], { beside: { devices: 1, capacityFactor: 1 } }), {
    dropDevices: of(moe.dropTokens, [any], { as: "devices", beside: { capacityFactor: 1 } }),
  }),
  sampling: group(of(createProcessors), {
    temperature: "is 0 for the likeliest token, which processors do not draw",
    topK: "is 0 for all tokens, which processors leave out",
    seed: ofCommand,
  }),
};

const orders = { beside: { referenceFree: true } };

export const alignGroups: Groups = {
  training: group(of(align.preferenceBatches, [[]]), {
    maxLength: of(align.encodePreference, [any, any]),
    steps,
    lr,
    warmup,
    evaluateEvery: everySteps,
    checkpointEvery: everySteps,
  }),
  dpo: group(of(align.dpo, [any, []], orders)),
  kto: group(of(align.ktoLoss, [any])),
  orpo: group(of(align.orpo, [any, []])),
  simpo: group(of(align.simpo, [any, []])),
  reward: group(of(align.rewardLoss, [any, any])),
  rollout: group(of(align.sampleAnswers, [any, []])),
  grpo: group(of(align.grpo, [any, []]), {
    scale: of(align.groupAdvantages, [[1, 2], 2]),
    delta: of(align.grpo, [any, []], { beside: (delta) => ({ delta, epsilonHigh: 0 }) }),
  }),
  ppo: group(of(align.ppo, [any, []]), {
    klTarget: of(align.adaptKlCoefficient, [1, 1, 1], { as: "target" }),
    klHorizon: of(align.adaptKlCoefficient, [1, 1, 1], { as: "horizon" }),
    gamma: of(align.generalizedAdvantages, [any, [], []]),
    lambda: of(align.generalizedAdvantages, [any, [], []]),
  }),
};

const completer = () => [];
const endpoint = { baseUrl: "http://localhost", model: "m" };

export const prmGroups: Groups = {
  answers: group(of(prm.createAnswerChecker), {
    rules: of(prm.createAnswerChecker, [], { as: "format" }),
  }),
  annotation: group(of(prm.annotate, [[]], { beside: { completer } })),
  plan: group(of(prm.plan, [[]]), {
    workers: "may be 0 in the command, which leaves the work to others",
    promptPrice: of(prm.plan, [[]], {
      as: "prompt",
      beside: (prompt) => ({ pricePerMillion: { prompt, completion: 0 } }),
    }),
    completionPrice: of(prm.plan, [[]], {
      as: "completion",
      beside: (completion) => ({ pricePerMillion: { prompt: 0, completion } }),
    }),
  }),
  endpoint: ofCommand,
  completions: group(of(prm.openAiCompleter, [], { beside: endpoint }), {
    maxNewTokens: of(prm.openAiCompleter, [], { as: "maxTokens", beside: endpoint }),
    tokenBudget: of(prm.createTokenLedger, [], { as: "maxTokens" }),
    concurrency: of(prm.createRequestGate),
    requestsPerMinute: of(prm.createRequestGate),
    timeout: "is in seconds; timeoutMs of an endpoint is in milliseconds",
  }),
  scorer: group(of(prm.vllmScorer, [], { beside: endpoint }), {
    scorerKind: "chooses the function",
  }),
  aggregation: group(of(prm.verify, ["p"], { beside: { completer } })),
  verification: group(of(prm.verify, ["p"], { beside: { completer } })),
  search: group(of(prm.beamSearch, ["p"], { beside: { completer, scorer: completer, width: 1 } }), {
    method: "chooses the function",
    width: of(prm.beamSearch, ["p"], { beside: { completer, scorer: completer } }),
    separator: of(prm.beamSearch, ["p"], {
      ownDefault: "solutions of the command have a step per line",
    }),
  }),
  rows: "is parseLabelledRow's second argument",
  evaluation: group(of(prm.evaluateScorer, [any, []])),
  training: group(of(prmLm.trainingSamples, [[]]), {
    head: "is stepHead's first argument",
    neutral: "is of stepHead's words",
    good: "is of stepHead's words",
    bad: "is of stepHead's words",
    loss: of(prmLm.trainStepRewards, [any, []]),
    average: of(prmLm.trainStepRewards, [any, []]),
  }),
  credit: group(of(align.guardStepRewards, [[0.5]]), { moves: of(align.ppo, [any, [[1]]]) }),
};
