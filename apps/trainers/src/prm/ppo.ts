import { ppo as trainPpo, ValueModel } from "@deepgrain/align";
import type { RunCommand } from "@deepgrain/command-line/commands/define-command";
import { driveAlign } from "@deepgrain/command-line/trainings/drive-align";
import {
  paddingOf,
  ppoOptions,
  ppoSettings,
  prepare,
  saveTrained,
  trainingOptions,
} from "@deepgrain/command-line/trainings/prepare-align";
import { loadModel, type Tokenizer } from "@deepgrain/lm";
import { loadStepRewardModel } from "@deepgrain/prm/lm";
import { fingerprintModel } from "@deepgrain/studies/shared/fingerprint";
import { scorerReward } from "@deepgrain/studies/shared/training/step-reward";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import type { stepPpoFlags } from "./flags";
import { openScorerFolder } from "./open-scorer";
import { askedProblems } from "./solved-text";

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

/** `prm ppo`. */
export const ppo: RunCommand<typeof stepPpoFlags> = async (values, context) => {
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
    encode: (own, { maxLength }) => encodeProblems(problems, own, maxLength - values.maxNewTokens),
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
};
