import { encodePrompt, grpo, parsePrompts, ppo, ValueModel } from "@deepgrain/align";
import type { CommandContext } from "@deepgrain/command-line/commands/context";
import type { RunCommand } from "@deepgrain/command-line/commands/define-command";
import type { Values } from "@deepgrain/command-line/flags/flags";
import type { AlignValues } from "@deepgrain/command-line/trainings/align-flags";
import {
  type Prepared,
  ppoOptions,
  ppoSettings,
  readData,
  runAlign,
  trainingOptions,
} from "@deepgrain/command-line/trainings/prepare-align";
import { loadModel } from "@deepgrain/lm";
import type { alignPpoFlags, grpoFlags, sourceFlags } from "./flags";
import { rewardFingerprint, rewardOf } from "./reward-source";

type Given = AlignValues & Values<typeof sourceFlags>;

/** Shared parts of learning from rewards: prompts, the source of rewards, and the options that follow from both. */
async function rewarded(values: Given, context: CommandContext) {
  const { signal } = context;
  const { maxNewTokens, temperature } = values;
  const reward = await rewardFingerprint(values);
  const records = await readData(values, parsePrompts, context);
  return {
    data: { reward },
    encode: (
      own: Prepared["tokenizer"],
      options: { maxLength: number; template?: string | undefined },
    ) => records.map((record) => encodePrompt(record, own, { ...options, maxNewTokens })),
    /** @param klWeight weight of the tie to a reference, which the model without its factors is where it has some */
    options: async (prepared: Prepared, klWeight: number) => ({
      ...trainingOptions(values, { checkpoints: prepared.checkpoints, signal }),
      maxNewTokens,
      temperature,
      padTokenId: prepared.padTokenId,
      eosTokenId: prepared.tokenizer.eosTokenId ?? null,
      reward: await rewardOf(values, { records, prepared, signal }),
      lora: prepared.lora,
      reference:
        !prepared.lora && klWeight > 0
          ? await loadModel(values.model, { dtype: values.dtype, signal })
          : undefined,
    }),
  };
}

/** `align grpo`. */
export const alignGrpo: RunCommand<typeof grpoFlags> = async (values, context) => {
  const { loss, beta, epsilon, epsilonHigh, ratioLevel, delta, scale, updates } = values;
  const { maxNewTokens, temperature } = values;
  const { groupSize = 8 } = values;
  const { options, ...rest } = await rewarded(values, context);
  await runAlign(values, context, {
    command: "grpo",
    title: "GRPO",
    settings: {
      loss,
      beta,
      epsilon,
      epsilonHigh: epsilonHigh ?? null,
      ratioLevel,
      delta: delta ?? null,
      scale,
      updates,
      groupSize,
      maxNewTokens,
      temperature,
      dtype: values.dtype,
    },
    ...rest,
    train: async (prepared) =>
      grpo(prepared.model, prepared.rows, {
        ...(await options(prepared, beta)),
        beta,
        lossType: loss,
        epsilonLow: epsilon,
        epsilonHigh,
        ratioLevel,
        delta,
        scale,
        updates,
        groupSize,
      }),
  });
};

/** `align ppo`. */
export const alignPpo: RunCommand<typeof alignPpoFlags> = async (values, context) => {
  const { options, ...rest } = await rewarded(values, context);
  await runAlign(values, context, {
    command: "ppo",
    title: "PPO",
    settings: { ...ppoSettings(values), dtype: values.dtype },
    ...rest,
    train: async (prepared) =>
      ppo(new ValueModel(prepared.model), prepared.rows, {
        ...(await options(prepared, values.kl)),
        ...ppoOptions(values),
      }),
  });
};
