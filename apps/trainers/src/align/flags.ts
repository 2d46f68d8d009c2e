import { fields } from "@deepgrain/align/fields";
import * as flags from "@deepgrain/command-line/flags/flags";
import { flagsFrom } from "@deepgrain/command-line/flags/flags-from";
import {
  alignFlags,
  heldOutFlag,
  ppoFlags,
  samplingFlags,
} from "@deepgrain/command-line/trainings/align-flags";
import { referenceDtypeFlag } from "@deepgrain/command-line/trainings/weight-types";

const PROMPTS =
  'Prompts, one JSON object per line: {"prompt"} as text or as a list of {"role", "content"}; other keys are given to the reward';

const { beta, lossType, ...dpoRest } = fields.dpo;

/** Flags of trainings on preference pairs. */
export const pairFlags = ({ lr }: { lr: number }) => ({
  ...alignFlags({
    lr,
    data: 'Pairs, one JSON object per line: {"prompt", "chosen", "rejected"} as texts or as lists of {"role", "content"}; without "prompt", answers that begin alike',
  }),
  heldOut: heldOutFlag,
});

export const dpoFlags = {
  ...pairFlags({ lr: 5e-6 }),
  ...flagsFrom({
    beta,
    loss: lossType,
    labelSmoothing: dpoRest.labelSmoothing,
    sftWeight: dpoRest.sftWeight,
  }),
  reference: flags.choice(["model", "precomputed", "none"], {
    default: "model",
    help: "A second copy of the model (with --lora-rank, the model without the adapter), its numbers computed once, or none",
  }),
  ...flagsFrom({ maxKl: dpoRest.maxKl }),
  ...referenceDtypeFlag,
};

export const ktoFlags = {
  ...alignFlags({
    lr: 5e-6,
    data: 'Answers, one JSON object per line: {"prompt", "completion", "label"}, prompt and completion as texts or as lists of {"role", "content"}, label true for a desirable answer',
  }),
  heldOut: heldOutFlag,
  ...flagsFrom(fields.kto),
  ...referenceDtypeFlag,
};

export const orpoFlags = { ...pairFlags({ lr: 8e-6 }), ...flagsFrom(fields.orpo) };

export const simpoFlags = { ...pairFlags({ lr: 1e-6 }), ...flagsFrom(fields.simpo) };

export const rewardFlags = {
  ...alignFlags({
    lr: 2e-5,
    data: 'Pairs, one JSON object per line: {"prompt", "chosen", "rejected"} and optionally "margin"',
  }),
  heldOut: heldOutFlag,
  ...flagsFrom(fields.reward),
};

/** Where rewards come from, and how answers are sampled. */
export const sourceFlags = {
  reward: flags.file({
    help: "JavaScript module whose default export gives each answer a reward: (answers: { text, prompt, row, isComplete }[]) => number[], or a promise of it",
  }),
  rewardModel: flags.folder({ help: "Folder of `align reward`, instead of --reward" }),
  ...samplingFlags,
  ...referenceDtypeFlag,
};

const { lossType: average, epsilonLow, ...grpoRest } = fields.grpo;

export const grpoFlags = {
  ...alignFlags({ lr: 1e-6, data: PROMPTS }),
  ...sourceFlags,
  ...flagsFrom({ loss: average, epsilon: epsilonLow, ...grpoRest }),
};

export const alignPpoFlags = {
  ...alignFlags({ lr: 1e-6, data: PROMPTS }),
  ...sourceFlags,
  ...ppoFlags,
};

export const sftFlags = {
  ...alignFlags({
    lr: 1e-5,
    data: `Conversations, one JSON object per line: {"messages": [{"role", "content"}]}, {"prompt", "completion"}, {"text"}, Alpaca's {"instruction", "input", "output"} or ShareGPT's {"conversations"}, and optionally "category"`,
  }),
  heldOut: heldOutFlag,
  secondSteps: flags.whole({ min: 1, help: "Steps of a second stage; only one stage by default" }),
  without: flags.text({
    default: "math,code",
    help: "Categories that the second stage leaves out, separated by commas",
  }),
  repetitionTokens: flags.whole({
    min: 3,
    help: "Before and after each stage, measure the share of held-out prompts whose answer repeats itself endlessly within this many tokens",
  }),
};
