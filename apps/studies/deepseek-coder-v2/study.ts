import { type Study, study, type Variant } from "@deepgrain/lab";
import type { ComparisonRequest, OpenedComparison } from "../shared/comparison";
import { limitThreads } from "../shared/one-thread-backend";
import { studyModule } from "../shared/study-module";
import { claims, unasked } from "./claims";
import { type Extension, extensions, recallBase, runExtension } from "./extend";
import { type FimArm, fimArms, type Order, orders, runFim, runOrder } from "./fim";
import { finding } from "./finding";
import { type RewardArm, rewards, runRewardArm } from "./grpo";
import { experiments, introduction } from "./introduction";
import { policyBase } from "./policy";
import { type Arm, arms, preparePretrain, pretrainArm, pretrainBase } from "./pretrain";
import { type CoderSettings, coderSettings } from "./recipe";
import { picture, sections, summaryText } from "./report";
import { type CoderResult, parseResult } from "./results";

const variants: readonly Variant[] = [
  { id: "pretrain-base", name: "prose", experiments: ["pretrain"], weight: 3 },
  ...arms.map((arm) => ({
    id: `pretrain-${arm}`,
    experiments: ["pretrain"],
    after: ["pretrain-base"],
    weight: 2,
  })),
  ...Object.entries(fimArms).map(([id, { name }]) => ({
    id,
    name,
    experiments: ["fim"],
    weight: 2,
  })),
  ...orders.map((order) => ({ id: `order-${order}`, experiments: ["fim"], weight: 2 })),
  { id: "recall-base", name: "256 tokens", experiments: ["extend"], weight: 4 },
  ...Object.entries(extensions).map(([id, name]) => ({
    id,
    name,
    experiments: ["extend"],
    after: ["recall-base"],
    weight: id === "untrained" ? 1 : 3,
  })),
  { id: "policy-base", name: "before", experiments: ["grpo"], weight: 2 },
  ...Object.entries(rewards).map(([arm, name]) => ({
    id: `policy-${arm}`,
    name,
    experiments: ["grpo"],
    after: ["policy-base"],
    weight: 2,
  })),
];

/** DeepSeek-Coder-V2 in miniature: continued training, filling in, longer contexts, and learning from tests. */
export const deepseekCoderV2: Study<CoderSettings, CoderResult> = study({
  name: "deepseek-coder-v2",
  ...introduction,
  module: studyModule("deepseek-coder-v2"),
  exportName: "deepseekCoderV2",
  settings: coderSettings.default,
  experiments,
  variants,
  async *prepare({ settings, signal, artifacts }) {
    yield { type: "progress", message: "tokenizer" };
    await preparePretrain({ settings, signal, artifacts });
  },
  async *run({ id }, seed, { settings, signal, threads, artifacts }) {
    limitThreads(threads);
    const setup = { settings, signal, artifacts };
    if (id === "pretrain-base") return { pretrain: yield* pretrainBase(seed, setup) };
    if (id === "recall-base") return { recall: yield* recallBase(seed, setup) };
    if (id === "policy-base") return { policy: yield* policyBase(seed, setup) };
    if (id in fimArms) return { fim: yield* runFim(id as FimArm, seed, setup) };
    if (id in extensions) return { extend: yield* runExtension(id as Extension, seed, setup) };
    const [kind, own] = [id.slice(0, id.indexOf("-")), id.slice(id.indexOf("-") + 1)];
    if (kind === "order") return { order: yield* runOrder(own as Order, seed, setup) };
    if (kind === "policy") return { policy: yield* runRewardArm(own as RewardArm, seed, setup) };
    return { pretrain: yield* pretrainArm(own as Arm, seed, setup) };
  },
  parse: parseResult,
  claims,
  unasked,
  finding,
  picture,
  sections,
});

/** Opens the study. */
export const open = ({ size }: ComparisonRequest): OpenedComparison => ({
  study: deepseekCoderV2,
  settings: coderSettings[size],
  text: summaryText,
});
