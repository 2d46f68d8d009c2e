import { defineCommand, defineGroup } from "@deepgrain/command-line/commands/define-command";
import {
  alignPpoFlags,
  dpoFlags,
  grpoFlags,
  ktoFlags,
  orpoFlags,
  rewardFlags,
  sftFlags,
  simpoFlags,
} from "./flags";

export const align = defineGroup(
  "Change a model by conversations, preferences or rewards: SFT, DPO, KTO, ORPO, SimPO, reward models, GRPO, PPO.",
  {
    sft: defineCommand({
      summary: "fine-tune on the answers of conversations, in one or two stages",
      description:
        "Fine-tunes a model on the answers of conversations; with --second-steps in two stages, the second without some categories.",
      examples: [
        "align sft --model DIR --data conversations.jsonl --out tuned --steps 500 --lr 1e-5",
        "align sft --model DIR --data conversations.jsonl --out tuned --second-steps 200 --without math,code",
      ],
      flags: sftFlags,
      isTraining: true,
      run: async (...call) => (await import("./sft")).alignSft(...call),
    }),
    dpo: defineCommand({
      summary: "train on preference pairs",
      description:
        "Trains a model on preference pairs by direct preference optimisation. With --lora-rank the reference is the model with the adapter off.",
      examples: [
        "align dpo --model DIR --data pairs.jsonl --out tuned --lora-rank 8 --steps 200",
        "align dpo --model DIR --data pairs.jsonl --out tuned --reference precomputed",
        "align dpo --model DIR --data pairs.jsonl --out tuned --loss ipo --beta 0.05 --max-kl 0.5",
      ],
      flags: dpoFlags,
      isTraining: true,
      run: async (...call) => (await import("./dpo")).alignDpo(...call),
    }),
    kto: defineCommand({
      summary: "train on answers that are labelled one by one",
      description:
        "Trains a model on answers that are labelled one by one as desirable or not, by Kahneman-Tversky optimisation. With --lora-rank the reference is the model with the adapter off.",
      examples: [
        "align kto --model DIR --data answers.jsonl --out tuned --lora-rank 8 --steps 200",
        "align kto --model DIR --data answers.jsonl --out tuned --undesirable-weight 1.5",
      ],
      flags: ktoFlags,
      isTraining: true,
      run: async (...call) => (await import("./kto")).alignKto(...call),
    }),
    orpo: defineCommand({
      summary: "train on preference pairs from a base model, without a reference",
      description:
        "Trains a model on preference pairs by odds ratio preference optimisation: fine-tuning on the chosen answers and the preference in one run, without a reference.",
      examples: [
        "align orpo --model DIR --data pairs.jsonl --out tuned --steps 200",
        "align orpo --model DIR --data pairs.jsonl --out tuned --lora-rank 8 --lambda 0.2",
      ],
      flags: orpoFlags,
      isTraining: true,
      run: async (...call) => (await import("./reference-free")).alignOrpo(...call),
    }),
    simpo: defineCommand({
      summary: "train on preference pairs by log-probabilities per token, without a reference",
      description:
        "Trains a model on preference pairs by simple preference optimisation: rewards are log-probabilities per token, so that longer answers gain nothing, without a reference.",
      examples: [
        "align simpo --model DIR --data pairs.jsonl --out tuned --steps 200",
        "align simpo --model DIR --data pairs.jsonl --out tuned --lora-rank 8 --beta 2.5 --gamma 1.4",
      ],
      flags: simpoFlags,
      isTraining: true,
      run: async (...call) => (await import("./reference-free")).alignSimpo(...call),
    }),
    reward: defineCommand({
      summary: "train a reward model on preference pairs",
      description:
        "Trains a reward model on preference pairs: a scalar head on the model, read at the last token of an answer.",
      examples: [
        "align reward --model DIR --data pairs.jsonl --out judge --steps 200",
        "align grpo --model DIR --data prompts.jsonl --reward-model judge --out tuned --lora-rank 8",
      ],
      flags: rewardFlags,
      isTraining: true,
      run: async (...call) => (await import("./reward")).alignReward(...call),
    }),
    grpo: defineCommand({
      summary: "train on rewards, against the mean of a group of answers",
      description:
        "Trains a model on rewards by group relative policy optimisation: samples a group of answers to each prompt and learns from those above the group's mean.",
      examples: [
        "align grpo --model DIR --data prompts.jsonl --reward reward.mjs --out tuned --lora-rank 8",
        "align grpo --model DIR --data prompts.jsonl --reward-model judge --out tuned --loss dapo --updates 4",
        "align grpo --model DIR --data prompts.jsonl --reward reward.mjs --out tuned --ratio-level sequence --epsilon 3e-4 --updates 4",
      ],
      flags: grpoFlags,
      isTraining: true,
      run: async (...call) => (await import("./rewarded")).alignGrpo(...call),
    }),
    ppo: defineCommand({
      summary: "train on rewards, with a value head and clipped updates",
      description:
        "Trains a model on rewards by proximal policy optimisation, with a value head, a KL penalty that can adapt, and clipped updates.",
      examples: [
        "align ppo --model DIR --data prompts.jsonl --reward reward.mjs --out tuned --lora-rank 8",
        "align ppo --model DIR --data prompts.jsonl --reward-model judge --out tuned --kl 0.1 --kl-target 6",
      ],
      flags: alignPpoFlags,
      isTraining: true,
      run: async (...call) => (await import("./rewarded")).alignPpo(...call),
    }),
  },
);
