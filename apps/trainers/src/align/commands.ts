import { defineGroup } from "../cli/define-command";

export const align = defineGroup(
  "Change a model by conversations, preferences or rewards: SFT, DPO, reward models, GRPO, PPO.",
  {
    sft: {
      summary: "fine-tune on the answers of conversations, in one or two stages",
      load: async () => (await import("./commands/sft")).alignSft,
    },
    dpo: {
      summary: "train on preference pairs",
      load: async () => (await import("./commands/dpo")).alignDpo,
    },
    reward: {
      summary: "train a reward model on preference pairs",
      load: async () => (await import("./commands/reward")).alignReward,
    },
    grpo: {
      summary: "train on rewards, against the mean of a group of answers",
      load: async () => (await import("./commands/grpo")).alignGrpo,
    },
    ppo: {
      summary: "train on rewards, with a value head and clipped updates",
      load: async () => (await import("./commands/ppo")).alignPpo,
    },
    compare: {
      summary: "what DPO learns from a program's preferences: accuracy, win rates, KL",
      load: async () => (await import("../papers/dpo/commands/compare")).alignCompare,
    },
  },
);
