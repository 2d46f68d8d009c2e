import { encodePrompt, grpo, parsePrompts } from "@deepgrain/align";
import { loadModel } from "@deepgrain/lm";
import { defineCommand } from "../cli/define-command";
import * as flags from "../cli/flags";
import { alignFlags, trainingOptions } from "../run/align-flags";
import { driveAlign } from "../run/drive-align";
import { paddingOf, prepare, readData, saveTrained } from "../run/prepare-align";
import { rewardFingerprint, rewardFlags, rewardOf } from "./reward-source";

export const alignGrpo = defineCommand({
  description:
    "Trains a model on rewards by group relative policy optimisation: samples a group of answers to each prompt and learns from those above the group's mean.",
  examples: [
    "align grpo --model DIR --data prompts.jsonl --reward reward.mjs --out tuned --lora-rank 8",
    "align grpo --model DIR --data prompts.jsonl --reward-model judge --out tuned --loss dapo --updates 4",
  ],
  flags: {
    ...alignFlags({
      lr: 1e-6,
      data: 'Prompts, one JSON object per line: {"prompt"} as text or as a list of {"role", "content"}; other keys are given to the reward',
    }),
    ...rewardFlags,
    loss: flags.choice(["grpo", "bnpo", "dapo", "dr-grpo"], {
      default: "grpo",
      help: "How tokens are averaged",
    }),
    beta: flags.real({ default: 0.04, help: "Weight of the KL term" }),
    epsilon: flags.real({ max: 1, default: 0.2, help: "The ratio is clipped to 1 ± epsilon" }),
    scale: flags.choice(["group", "batch", "none"], {
      default: "group",
      help: "Whose standard deviation rewards are divided by",
    }),
    updates: flags.whole({ min: 1, default: 1, help: "Updates per sampling" }),
  },
  async run(values, context) {
    const { out, loss, beta, epsilon, scale, updates, maxNewTokens, temperature } = values;
    const { signal, write } = context;
    const groupSize = values.groupSize ?? 8;
    const reward = await rewardFingerprint(values);
    const records = await readData(values, parsePrompts, context);
    const settings = { loss, beta, epsilon, scale, updates, groupSize, maxNewTokens, temperature };
    const prepared = await prepare(values, {
      command: "grpo",
      settings,
      data: { reward },
      signal,
      claim: context.claim,
      encode: (own, options) =>
        records.map((record) => encodePrompt(record, own, { ...options, maxNewTokens })),
    });
    const { model, tokenizer, lora, checkpoints, rows: prompts } = prepared;
    const events = grpo(model, prompts, {
      ...trainingOptions(values, { checkpoints, signal }),
      beta,
      lossType: loss,
      epsilonLow: epsilon,
      scale,
      updates,
      groupSize,
      maxNewTokens,
      temperature,
      padTokenId: paddingOf(tokenizer),
      eosTokenId: tokenizer.eosTokenId ?? null,
      reward: await rewardOf(values, { records, tokenizer, signal }),
      ...(lora && { lora }),
      ...(!lora && beta > 0 && { reference: await loadModel(values.model, { signal }) }),
    });
    const outcome = await driveAlign(events, { stage: "grpo", title: "GRPO", out }, context);
    await saveTrained(values, prepared);
    await context.assertOutputs();
    write(values.json ? `${JSON.stringify({ out, ...outcome })}\n` : `${out}\n`);
  },
});
