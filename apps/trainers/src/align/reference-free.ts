import {
  type EncodedPair,
  encodePreference,
  type OrpoConfig,
  parsePreferences,
  orpo as trainOrpo,
  simpo as trainSimpo,
} from "@deepgrain/align";
import type { CommandContext } from "@deepgrain/command-line/commands/context";
import type { RunCommand } from "@deepgrain/command-line/commands/define-command";
import type { Values } from "@deepgrain/command-line/flags/flags";
import {
  type Prepared,
  readData,
  runAlign,
  splitRows,
  trainingOptions,
} from "@deepgrain/command-line/trainings/prepare-align";
import type { orpoFlags, pairFlags, simpoFlags } from "./flags";

type Given = Values<ReturnType<typeof pairFlags>>;
type Train = (
  model: Prepared["model"],
  pairs: readonly EncodedPair[],
  config: Omit<OrpoConfig, "lambda">,
) => ReturnType<typeof trainOrpo>;

/** A training on pairs that needs no reference. */
async function onPairs(
  values: Given,
  context: CommandContext,
  named: { command: string; title: string; settings: Record<string, unknown> },
  train: Train,
): Promise<void> {
  const { heldOut: share, evaluateEvery: everySteps } = values;
  const records = await readData(values, parsePreferences, context);
  await runAlign(values, context, {
    ...named,
    settings: { ...named.settings, heldOut: share },
    encode: (tokenizer, options) =>
      records.map((record) => encodePreference(record, tokenizer, options)),
    train({ model, rows, padTokenId, lora, checkpoints }) {
      const { train: pairs, heldOut } = splitRows(rows, share);
      return train(model, pairs, {
        ...trainingOptions(values, { checkpoints, signal: context.signal }),
        padTokenId,
        lora,
        evaluation: heldOut.length > 0 ? { everySteps, pairs: heldOut } : undefined,
      });
    },
  });
}

/** `align orpo`. */
export const alignOrpo: RunCommand<typeof orpoFlags> = (values, context) => {
  const { lambda } = values;
  const named = { command: "orpo", title: "ORPO", settings: { lambda } };
  return onPairs(values, context, named, (model, pairs, config) =>
    trainOrpo(model, pairs, { ...config, lambda }),
  );
};

/** `align simpo`. */
export const alignSimpo: RunCommand<typeof simpoFlags> = (values, context) => {
  const { beta, gamma } = values;
  const named = { command: "simpo", title: "SimPO", settings: { beta, gamma } };
  return onPairs(values, context, named, (model, pairs, config) =>
    trainSimpo(model, pairs, { ...config, beta, gamma }),
  );
};
