import { defineGroup } from "../cli/define-command";

export const align = defineGroup(
  "Change a model by conversations, preferences or rewards: SFT, DPO, reward models, GRPO, PPO.",
  {
    sft: {
      summary: "fine-tune on the answers of conversations, in one or two stages",
      load: async () => (await import("./sft")).alignSft,
    },
    dpo: {
      summary: "train on preference pairs",
      load: async () => (await import("./dpo")).alignDpo,
    },
    reward: {
      summary: "train a reward model on preference pairs",
      load: async () => (await import("./reward")).alignReward,
    },
    grpo: {
      summary: "train on rewards, against the mean of a group of answers",
      load: async () => (await import("./grpo")).alignGrpo,
    },
    ppo: {
      summary: "train on rewards, with a value head and clipped updates",
      load: async () => (await import("./ppo")).alignPpo,
    },
  },
);
