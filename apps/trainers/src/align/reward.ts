import { encodePreference, parsePreferences, RewardModel, trainReward } from "@deepgrain/align";
import { defineCommand } from "../cli/define-command";
import * as flags from "../cli/flags";
import { UsageError } from "../cli/usage-error";
import { alignFlags, heldOutFlag, splitRows, trainingOptions } from "../run/align-flags";
import { driveAlign } from "../run/drive-align";
import { paddingOf, prepare, readData } from "../run/prepare-align";
import { saveRewardModel } from "../run/reward-folder";

export const alignReward = defineCommand({
  description:
    "Trains a reward model on preference pairs: a scalar head on the model, read at the last token of an answer.",
  examples: [
    "align reward --model DIR --data pairs.jsonl --out judge --steps 200",
    "align grpo --model DIR --data prompts.jsonl --reward-model judge --out tuned --lora-rank 8",
  ],
  flags: {
    ...alignFlags({
      lr: 2e-5,
      data: 'Pairs, one JSON object per line: {"prompt", "chosen", "rejected"} and optionally "margin"',
    }),
    heldOut: heldOutFlag,
    center: flags.real({ default: 0, help: "Weight of the term that keeps scores around 0" }),
  },
  async run(values, context) {
    const { out, center, heldOut: share, loraRank, merge } = values;
    const { signal, write } = context;
    if (loraRank !== undefined && !merge)
      throw new UsageError("a reward model is written as a whole: give --merge with --lora-rank");
    const records = await readData(values, parsePreferences, context);
    const settings = { center, heldOut: share };
    const { model, tokenizer, lora, checkpoints, rows } = await prepare(values, {
      command: "reward",
      settings,
      signal,
      claim: context.claim,
      files: ["score/"],
      encode: (own, options) => records.map((record) => encodePreference(record, own, options)),
    });
    const { train, heldOut } = splitRows(rows, share);
    const judge = new RewardModel(model);
    const events = trainReward(judge, train, {
      ...trainingOptions(values, { checkpoints, signal }),
      center,
      padTokenId: paddingOf(tokenizer),
      ...(heldOut.length > 0 && {
        evaluation: { everySteps: values.evaluateEvery, pairs: heldOut },
      }),
    });
    const outcome = await driveAlign(
      events,
      { stage: "reward", title: "Reward model", out },
      context,
    );
    await lora?.merge();
    await saveRewardModel(out, judge, values.model);
    await context.assertOutputs();
    write(values.json ? `${JSON.stringify({ out, ...outcome })}\n` : `${out}\n`);
  },
});
