import { optim } from "@deepgrain/tensor-gpu";
import type { Flag, Values } from "../../../cli/flags";
import * as flags from "../../../cli/flags";
import { trainingFlags } from "../../../training/training-flags";
import { type OfficialFlag, readOfficialConfig } from "./official-config";

/** What a training takes where neither a flag nor a file says otherwise; beyond sizes, as the official trainer. */
const withDefaults = {
  ...trainingFlags({ steps: 500, batchSize: 8, sequenceLength: 256, lr: 0.001 }),
  gradientAccumulation: flags.whole({ min: 1, default: 1, help: "Batches summed per step" }),
  weightDecay: flags.real({ default: 0.1, help: "AdamW's decay of the trained weights" }),
  maxGradNorm: flags.real({
    default: 1,
    help: "Norm above which gradients are scaled down; 0: never",
  }),
  randomConcatRatio: flags.real({
    max: 1,
    default: 0.2,
    help: "Share of packed conversations that lose their first token",
  }),
} satisfies Record<OfficialFlag, Flag<number>>;

type Settings = Values<typeof withDefaults>;

const names = Object.keys(withDefaults) as OfficialFlag[];

/** The flags without their defaults, so that a file can stand between the two. */
const withoutDefaults = Object.fromEntries(
  names.map((name) => [name, flags.optional(withDefaults[name])]),
) as Record<OfficialFlag, Flag<number | undefined>>;

/** Flags of a training. */
export const trainFlags = {
  ...withoutDefaults,
  trainConfig: flags.file({
    help: "Training configuration of the official scripts (base.yaml); flags take precedence",
  }),
};

/** Values of the official file, checked as the flags are that they stand for. @throws {UsageError} naming file and flag */
async function readFile(file: string): Promise<Partial<Settings>> {
  const values = await readOfficialConfig(file);
  for (const [name, value] of Object.entries(values))
    withDefaults[name as OfficialFlag].read(String(value), {
      spelling: `${file}: ${name}`,
      resolve: (path) => path,
    });
  return values;
}

/**
 * The settings of a training: flags before the file of `--train-config` before defaults.
 * @throws {UsageError} naming what is outside its range; {FormatError} for the file
 */
export async function readTrainFlags({ trainConfig, ...given }: Values<typeof trainFlags>) {
  const fromFile = trainConfig === undefined ? {} : await readFile(trainConfig);
  const place = { spelling: "", resolve: (path: string) => path };
  const settings = Object.fromEntries(
    names.map((name) => [
      name,
      given[name] ?? fromFile[name] ?? withDefaults[name].fallback(place),
    ]),
  ) as Settings;
  const { steps, lr: peak, warmup, weightDecay, maxGradNorm, gradientAccumulation } = settings;
  // Checkpoints may come at other intervals, and the rate does not depend on the number of steps.
  const { checkpointEvery: _, steps: __, ...decisive } = settings;
  return {
    ...settings,
    /** What decides the result. */
    settings: decisive,
    /** What the trainer takes as it is. */
    trainer: {
      steps,
      schedule: optim.constantSchedule({ peak, warmup }),
      optimizer: { weightDecay },
      maxGradNorm: maxGradNorm || Infinity,
      gradientAccumulation,
    },
  };
}
