import { encodePrompt, parsePrompts, ppo, ValueModel } from "@deepgrain/align";
import { loadModel } from "@deepgrain/lm";
import { defineCommand } from "../cli/define-command";
import { alignFlags, trainingOptions } from "../run/align-flags";
import { driveAlign } from "../run/drive-align";
import { ppoFlags, ppoOptions, ppoSettings } from "../run/ppo-flags";
import { paddingOf, prepare, readData, saveTrained } from "../run/prepare-align";
import { rewardFingerprint, rewardFlags, rewardOf } from "./reward-source";

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
    ...ppoFlags,
  },
  async run(values, context) {
    const { out, maxNewTokens } = values;
    const { signal, write } = context;
    const reward = await rewardFingerprint(values);
    const records = await readData(values, parsePrompts, context);
    const settings = ppoSettings(values);
    const prepared = await prepare(values, {
      command: "ppo",
      settings,
      data: { reward },
      signal,
      claim: context.claim,
      encode: (own, options) =>
        records.map((record) => encodePrompt(record, own, { ...options, maxNewTokens })),
    });
    const { model, tokenizer, lora, checkpoints, rows: prompts } = prepared;
    const events = ppo(new ValueModel(model), prompts, {
      ...trainingOptions(values, { checkpoints, signal }),
      ...ppoOptions(values),
      padTokenId: paddingOf(tokenizer),
      eosTokenId: tokenizer.eosTokenId ?? null,
      reward: await rewardOf(values, { records, tokenizer, signal }),
      ...(lora && { lora }),
      ...(!lora && values.kl > 0 && { reference: await loadModel(values.model, { signal }) }),
    });
    const outcome = await driveAlign(events, { stage: "ppo", title: "PPO", out }, context);
    await saveTrained(values, prepared);
    await context.assertOutputs();
    write(values.json ? `${JSON.stringify({ out, ...outcome })}\n` : `${out}\n`);
  },
});
