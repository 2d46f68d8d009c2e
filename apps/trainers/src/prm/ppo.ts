import { ppo as trainPpo, ValueModel } from "@deepgrain/align";
import { loadModel, type Tokenizer } from "@deepgrain/lm";
import { fields } from "@deepgrain/prm/fields";
import { loadStepRewardModel } from "@deepgrain/prm/lm";
import { fingerprintModel } from "@deepgrain/studies/shared/fingerprint";
import { scorerReward } from "@deepgrain/studies/shared/training/step-reward";
import { defineCommand } from "../cli/define-command";
import * as flags from "../cli/flags";
import { flagsFrom } from "../cli/flags-from";
import { UsageError } from "../cli/usage-error";
import { alignFlags, ppoFlags, samplingFlags } from "../run/align-flags";
import { driveAlign } from "../run/drive-align";
import {
  paddingOf,
  ppoOptions,
  ppoSettings,
  prepare,
  saveTrained,
  trainingOptions,
} from "../run/prepare-align";
import { referenceDtypeFlag } from "../run/weight-types";
import { openScorerFolder } from "./scorer-flags";
import { askedProblems } from "./solved-text";

const {
  template: _,
  skipBadRows: __,
  ...trainingFlags
} = alignFlags({
  lr: 1e-6,
  data: 'Problems, one JSON object per line: {"problem"}',
});

/** @throws {UsageError} for a problem of more than `most` tokens, which leave no room for an answer */
function encodeProblems(
  problems: readonly string[],
  tokenizer: Tokenizer,
  most: number,
): number[][] {
  const prompts = problems.map((problem) => tokenizer.encode(`${problem}\n`));
  const long = prompts.findIndex(({ length }) => length > most);
  if (long < 0) return prompts;
  throw new UsageError(
    `--data: problem ${long + 1} has ${prompts[long]!.length} tokens, which with --max-new-tokens exceed --max-length`,
  );
}

export const ppo = defineCommand({
  description:
    "Trains a model by step-wise PPO: each step of an answer earns the score that a process reward model gives it. With an outcome reward model the whole answer earns one score.",
  examples: [
    "prm ppo --model DIR --reward-model judge --data problems.jsonl --out tuned --lora-rank 8",
    "prm ppo --model DIR --reward-model judge --data problems.jsonl --out tuned --kl 0.04 --credit centred",
  ],
  isTraining: true,
  flags: {
    ...trainingFlags,
    rewardModel: flags.folder({ required: true, help: "Folder of `prm train`" }),
    ...samplingFlags,
    ...ppoFlags,
    ...flagsFrom(fields.credit),
    ...referenceDtypeFlag,
  },
  async run(values, context) {
    const { data, out, rewardModel, moves, credit, maxSteps, repeatPenalty } = values;
    const { signal, write, progress } = context;
    const problems = (await askedProblems({ problem: undefined, in: data }, progress)).map(
      ({ problem }) => problem,
    );
    const reward = await fingerprintModel(rewardModel);
    const { target } = await loadStepRewardModel(rewardModel, { signal });
    const given = { ...values, template: undefined, skipBadRows: false };
    const own = { moves, credit, maxSteps: maxSteps ?? null, repeatPenalty, dtype: values.dtype };
    const settings = { ...ppoSettings(values), ...own };
    const prepared = await prepare(given, {
      group: "prm",
      command: "ppo",
      settings,
      data: { reward },
      signal,
      claim: context.claim,
      encode: (own, { maxLength }) =>
        encodeProblems(problems, own, maxLength - values.maxNewTokens),
    });
    const { model, tokenizer, lora, checkpoints, rows: prompts } = prepared;
    const events = trainPpo(new ValueModel(model), prompts, {
      ...trainingOptions(given, { checkpoints, signal }),
      ...ppoOptions(values),
      moves,
      padTokenId: paddingOf(tokenizer),
      eosTokenId: tokenizer.eosTokenId ?? null,
      reward: scorerReward({
        scorer: await openScorerFolder(rewardModel, signal),
        decode: (ids) => tokenizer.decode(ids, { skipSpecialTokens: true }),
        problems,
        target,
        credit,
        maxSteps,
        repeatPenalty,
        signal,
      }),
      lora,
      reference:
        !lora && values.kl > 0
          ? await loadModel(values.model, { dtype: values.dtype, signal })
          : undefined,
    });
    const title = target === "process" ? "Step-wise PPO" : "PPO";
    const outcome = await driveAlign(events, { stage: "ppo", title, out }, context);
    await saveTrained(given, prepared);
    await context.assertOutputs();
    write(values.json ? `${JSON.stringify({ out, ...outcome })}\n` : `${out}\n`);
  },
});
