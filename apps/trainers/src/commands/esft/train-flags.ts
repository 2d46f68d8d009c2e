import { optim } from "@deepgrain/tensor-gpu";
import { numberFlag } from "../../cli/number-flag";
import { trainingArgs, trainingFlags } from "../training-flags";
import { readOfficialConfig } from "./official-config";

/** What a training takes where neither a flag nor a file says otherwise; beyond sizes, as the official trainer. */
const defaults = {
  steps: "500",
  "batch-size": "8",
  "sequence-length": "256",
  lr: "0.001",
  warmup: "0",
  seed: "0",
  "evaluate-every": "100",
  "checkpoint-every": "100",
  "gradient-accumulation": "1",
  "weight-decay": "0.1",
  "max-grad-norm": "1",
  "random-concat-ratio": "0.2",
};

type TrainFlag = keyof typeof defaults;

const { resume, overwrite, json, ...common } = trainingArgs({
  steps: "",
  batch: "",
  length: "",
  rate: "",
});

const descriptions: Record<TrainFlag, string> = {
  ...(Object.fromEntries(
    Object.entries(common).map(([name, { description }]) => [name, description]),
  ) as Record<keyof typeof common, string>),
  "gradient-accumulation": "Batches summed into a step",
  "weight-decay": "AdamW's decay of what is trained",
  "max-grad-norm": "Norm above which gradients are scaled down, 0 for never",
  "random-concat-ratio": "Share of packed conversations that lose their first token",
};

/** Flags of a training. They have no default for the parser, so that a file can stand between the two. */
export const trainArgs = {
  ...(Object.fromEntries(
    Object.entries(descriptions).map(([name, description]) => [
      name,
      { type: "string", description: `${description}. Default ${defaults[name as TrainFlag]}` },
    ]),
  ) as Record<TrainFlag, { type: "string"; description: string }>),
  "train-config": {
    type: "string",
    valueHint: "file",
    alias: "train_config",
    description: "Training configuration of the official scripts (base.yaml); flags go before it",
  },
  resume,
  overwrite,
  json,
} as const;

type Given = Partial<Record<TrainFlag | "train-config", string | undefined>>;

/**
 * The settings of a training: flags before the file of `--train-config` before defaults.
 * @throws {UsageError} naming the flag that is no number or outside its range; {FormatError} for the file
 */
export async function readTrainFlags(args: Given, resolve: (path: string) => string) {
  const file = args["train-config"];
  const fromFile = file === undefined ? {} : await readOfficialConfig(resolve(file));
  const names = Object.keys(defaults) as TrainFlag[];
  const given = names.flatMap((name) => (args[name] === undefined ? [] : [[name, args[name]]]));
  const flags: typeof defaults = { ...defaults, ...fromFile, ...Object.fromEntries(given) };
  const real = (name: TrainFlag, max?: number) =>
    numberFlag(name, flags[name], { whole: false, ...(max !== undefined && { max }) })!;
  const { steps, peak, warmup, ...common } = trainingFlags(flags);
  // Checkpoints may come at other intervals, and the rate does not depend on the number of steps.
  const decisive = names.filter((name) => name !== "checkpoint-every" && name !== "steps");
  return {
    ...common,
    randomConcatRatio: real("random-concat-ratio", 1),
    /** What decides the result, by flag. */
    settings: Object.fromEntries(decisive.map((name) => [name, Number(flags[name])])),
    /** What the trainer takes as it is. */
    trainer: {
      steps,
      schedule: optim.constantSchedule({ peak, warmup }),
      optimizer: { weightDecay: real("weight-decay") },
      maxGradNorm: real("max-grad-norm") || Infinity,
      gradientAccumulation: numberFlag("gradient-accumulation", flags["gradient-accumulation"], {
        min: 1,
      })!,
    },
  };
}
