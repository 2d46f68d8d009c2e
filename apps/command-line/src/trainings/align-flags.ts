import { fields } from "@deepgrain/align/fields";
import { fields as lmFields } from "@deepgrain/lm/fields";
import type { Values } from "../flags/flags";
import * as flags from "../flags/flags";
import { flagsFrom } from "../flags/flags-from";
import { claimFlags, jsonFlag } from "./training-flags";

/** Whether all weights of a model are trained, or low-rank factors of them. */
export const loraFlags = {
  loraRank: flags.whole({
    min: 1,
    help: "Train low-rank factors of this rank; all weights by default",
  }),
  ...flagsFrom({ loraAlpha: lmFields.lora.alpha }),
  merge: flags.flag({
    help: "With --lora-rank, write the merged model instead of an adapter",
  }),
};

/** Flags of every training of a model folder into another. */
export const tuningFlags = ({ lr }: { lr: number }) => ({
  model: flags.model({
    required: true,
    trains: true,
    help: "Hugging Face folder, or GGUF file of F32, F16 or BF16, to start from",
  }),
  out: flags.folder({
    required: true,
    writes: "folder",
    help: "Model folder, or adapter folder with --lora-rank; run.json, checkpoints and metrics.jsonl are written there too",
  }),
  ...loraFlags,
  ...flagsFrom({ ...fields.training, lr: { ...fields.training.lr, default: lr } }),
  ...claimFlags,
  ...jsonFlag,
});

/** Flags of every training on conversations, pairs or rewards. */
export const alignFlags = ({ lr, data }: { lr: number; data: string }) => ({
  data: flags.file({ required: true, help: data }),
  skipBadRows: flags.flag({
    help: "Skip malformed rows, list and count them, instead of stopping at the first",
  }),
  template: flags.text({
    help: "Name of one of the tokenizer's chat templates, or a Jinja template; the tokenizer's own by default",
  }),
  ...tuningFlags({ lr }),
});

/** The values of {@link tuningFlags}, and where there are files of rows, of theirs. */
export type TuningValues = Values<ReturnType<typeof tuningFlags>> &
  Partial<Pick<AlignValues, "data" | "skipBadRows" | "template">>;

/** The values of a training's flags. */
export type AlignValues = Values<ReturnType<typeof alignFlags>>;

/** Share of conversations or pairs held out for evaluation. */
export const heldOutFlag = flags.real({
  max: 0.9,
  default: 0.1,
  help: "Share of rows to hold out for evaluation; 0 for none",
});

/** How answers are sampled. */
export const samplingFlags = flagsFrom(fields.rollout);

const { klCoefficient: kl, entropyCoefficient: entropy, ...others } = fields.ppo;
const { epochs, minibatches, clip, klTarget, klHorizon, gamma, lambda } = others;

/** How PPO updates. */
export const ppoFlags = flagsFrom({
  epochs,
  minibatches,
  clip,
  kl,
  klTarget,
  klHorizon,
  gamma,
  lambda,
  entropy,
});
