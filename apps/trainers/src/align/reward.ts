import { encodePreference, parsePreferences, RewardModel, trainReward } from "@deepgrain/align";
import type { RunCommand } from "@deepgrain/command-line/commands/define-command";
import {
  readData,
  runAlign,
  splitRows,
  trainingOptions,
} from "@deepgrain/command-line/trainings/prepare-align";
import { saveRewardModel } from "@deepgrain/command-line/trainings/reward-folder";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import type { rewardFlags } from "./flags";

/** `align reward`. */
export const alignReward: RunCommand<typeof rewardFlags> = async (values, context) => {
  const { out, center, heldOut: share, evaluateEvery: everySteps } = values;
  if (values.loraRank !== undefined && !values.merge)
    throw new UsageError("a reward model is written as a whole: give --merge with --lora-rank");
  const records = await readData(values, parsePreferences, context);
  let judge: RewardModel;
  await runAlign(values, context, {
    command: "reward",
    title: "Reward model",
    settings: { center, heldOut: share },
    files: ["score/"],
    encode: (own, options) => records.map((record) => encodePreference(record, own, options)),
    train({ model, rows, padTokenId, checkpoints }) {
      const { train, heldOut: pairs } = splitRows(rows, share);
      judge = new RewardModel(model);
      return trainReward(judge, train, {
        ...trainingOptions(values, { checkpoints, signal: context.signal }),
        center,
        padTokenId,
        evaluation: pairs.length > 0 ? { everySteps, pairs } : undefined,
      });
    },
    async save({ lora }) {
      await lora?.merge();
      await saveRewardModel(out, judge, values.model);
    },
  });
};
