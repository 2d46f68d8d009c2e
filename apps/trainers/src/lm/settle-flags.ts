import { requireWith } from "@deepgrain/command-line/flags/given-together";
import { kebabCase } from "@deepgrain/command-line/flags/kebab-case";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import { dataFlags, type PretrainSettings, peakRates } from "./flags";

/** The settings of a pre-training, each with a value. */
export interface Settled extends PretrainSettings {
  lr: number;
  vocabSize: number;
}

/** Flags that describe a new model: one that is continued has its own. */
const ofNewModel = [
  "modelConfig",
  "tokenizer",
  "vocabSize",
  "deviceLoss",
  "communicationLoss",
  "lossDevices",
] as const satisfies readonly (keyof PretrainSettings)[];

/**
 * The settings with the defaults that depend on whether a model is continued.
 * @throws {UsageError} for flags that do not go together
 */
export function settleFlags<V extends PretrainSettings & { out: string }>(values: V): V & Settled {
  const usual = dataFlags.vocabSize.fallback({ spelling: "--vocab-size", resolve: String });
  const { model, out, loraRank, loraAlpha, merge, vocabSize = usual } = values;
  requireWith({ loraRank, loraAlpha, merge }, { model });
  requireWith({ loraAlpha, merge }, { loraRank });
  const other = ofNewModel.find((name) => values[name] !== undefined);
  if (model !== undefined && other !== undefined)
    throw new UsageError(
      `--${kebabCase(other)} is for a new model, and --model has its own: leave out one of them`,
    );
  if (out === model) throw new UsageError("--out must be a folder of its own");
  const { lr = model === undefined ? peakRates.fresh : peakRates.continued } = values;
  return { ...values, lr, vocabSize };
}
