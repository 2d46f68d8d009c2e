import { encodePrompt, parsePrompts, ppo, ValueModel } from "@deepgrain/align";
import { loadModel } from "@deepgrain/lm";
import { defineCommand } from "../../cli/define-command";
import * as flags from "../../cli/flags";
import { driveAlign } from "../drive";
import { alignFlags, trainingOptions } from "../flags";
import { paddingOf, prepare, readData, saveTrained } from "../prepare";
import { rewardFingerprint, rewardFlags, rewardOf } from "../reward-source";

export const alignPpo = defineCommand({
  description:
    "Trains a model on rewards by proximal policy optimisation, with a value head, a KL penalty that can adapt, and clipped updates.",
  examples: [
    "align ppo --model DIR --data prompts.jsonl --reward reward.mjs --out tuned --lora-rank 8",
    "align ppo --model DIR --data prompts.jsonl --reward-model judge --out tuned --kl 0.1 --kl-target 6",
  ],
  flags: {
    ...alignFlags({
      lr: 1e-6,
      data: 'Prompts, one JSON object per line: {"prompt"} as text or as a list of {"role", "content"}; other keys are given to the reward',
    }),
    ...rewardFlags,
    epochs: flags.whole({ min: 1, default: 4, help: "Passes over the answers of a round" }),
    minibatches: flags.whole({ min: 1, default: 1, help: "Steps per pass" }),
    clip: flags.real({ max: 1, default: 0.2, help: "The ratio is clipped to 1 ± clip" }),
    kl: flags.real({ default: 0.05, help: "Weight of the KL penalty, to begin with" }),
    klTarget: flags.real({
      min: 1e-6,
      help: "KL per answer that the weight is adapted to; it stays without it",
    }),
    klHorizon: flags.whole({ min: 1, default: 10_000, help: "Answers over which it adapts" }),
    gamma: flags.real({ max: 1, default: 1, help: "Discount" }),
    lambda: flags.real({ max: 1, default: 0.95, help: "Of the advantage estimates" }),
    entropy: flags.real({ default: 0, help: "Weight of the entropy that is rewarded" }),
  },
  async run(values, context) {
    const { data, out, epochs, minibatches, clip, kl, klTarget, klHorizon, gamma, lambda } = values;
    const { signal, write } = context;
    const { maxNewTokens, temperature, groupSize = 1, entropy } = values;
    const reward = await rewardFingerprint(values);
    const records = await readData(data, parsePrompts);
    const settings = {
      ...{ epochs, minibatches, clip, kl, klTarget: klTarget ?? null, klHorizon, gamma, lambda },
      ...{ entropy, groupSize, maxNewTokens, temperature },
    };
    const prepared = await prepare(values, {
      ...{ command: "ppo", settings, data: { reward }, signal },
      encode: (own, options) =>
        records.map((record) => encodePrompt(record, own, { ...options, maxNewTokens })),
    });
    const { model, tokenizer, lora, checkpoints, rows: prompts } = prepared;
    const events = ppo(new ValueModel(model), prompts, {
      ...trainingOptions(values, { checkpoints, signal }),
      ...{ epochs, minibatches, clip, klCoefficient: kl, gamma, lambda, groupSize },
      ...{ maxNewTokens, temperature, entropyCoefficient: entropy },
      padTokenId: paddingOf(tokenizer),
      eosTokenId: tokenizer.eosTokenId ?? null,
      reward: await rewardOf(values, { records, tokenizer, signal }),
      ...(klTarget !== undefined && { adaptiveKl: { target: klTarget, horizon: klHorizon } }),
      ...(lora && { lora }),
      ...(!lora && kl > 0 && { reference: await loadModel(values.model, { signal }) }),
    });
    const outcome = await driveAlign(events, { stage: "ppo", title: "PPO", out }, context);
    await saveTrained(values, prepared);
    await context.assertOutputs();
    write(values.json ? `${JSON.stringify({ out, ...outcome })}\n` : `${out}\n`);
  },
});
