import { defineGroup } from "../../cli/define-command";

export const scaling = defineGroup("Scaling laws: from a table of training runs to the next run.", {
  fit: {
    summary: "fit scaling laws to a table of runs",
    load: async () => (await import("./commands/fit")).fit,
  },
  plan: {
    summary: "plan a budget: model size, tokens, batch, learning rate, loss",
    load: async () => (await import("./commands/plan")).plan,
  },
  sweep: {
    summary: "train a grid of tiny models, fit, predict a larger run and train it",
    load: async () => (await import("./commands/sweep")).sweep,
  },
});

export const align = defineGroup(
  "Change a model by conversations, preferences or rewards: SFT, DPO, reward models, GRPO, PPO.",
  {
    sft: {
      summary: "fine-tune on the answers of conversations, in one or two stages",
      load: async () => (await import("./commands/align-sft")).alignSft,
    },
    dpo: {
      summary: "train on preference pairs",
      load: async () => (await import("./commands/align-dpo")).alignDpo,
    },
    reward: {
      summary: "train a reward model on preference pairs",
      load: async () => (await import("./commands/align-reward")).alignReward,
    },
    grpo: {
      summary: "train on rewards, against the mean of a group of answers",
      load: async () => (await import("./commands/align-grpo")).alignGrpo,
    },
    ppo: {
      summary: "train on rewards, with a value head and clipped updates",
      load: async () => (await import("./commands/align-ppo")).alignPpo,
    },
    compare: {
      summary: "what DPO learns from a program's preferences: accuracy, win rates, KL",
      load: async () => (await import("./commands/align-compare")).alignCompare,
    },
  },
);
