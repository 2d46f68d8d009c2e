import { encodeUnpaired, parseUnpaired, kto as trainKto } from "@deepgrain/align";
import type { RunCommand } from "@deepgrain/command-line/commands/define-command";
import {
  readData,
  runAlign,
  splitRows,
  trainingOptions,
} from "@deepgrain/command-line/trainings/prepare-align";
import { loadModel } from "@deepgrain/lm";
import type { ktoFlags } from "./flags";

/** `align kto`. */
export const alignKto: RunCommand<typeof ktoFlags> = async (values, context) => {
  const { beta, desirableWeight, undesirableWeight, dtype, heldOut: share } = values;
  const { signal } = context;
  const records = await readData(values, parseUnpaired, context);
  const weights = { beta, desirableWeight, undesirableWeight };
  await runAlign(values, context, {
    command: "kto",
    title: "KTO",
    settings: { ...weights, dtype, heldOut: share },
    encode: (tokenizer, options) =>
      records.map((record) => encodeUnpaired(record, tokenizer, options)),
    async train({ model, rows, padTokenId, lora, checkpoints }) {
      const { train, heldOut: answers } = splitRows(rows, share);
      const everySteps = values.evaluateEvery;
      return trainKto(model, train, {
        ...trainingOptions(values, { checkpoints, signal }),
        ...weights,
        padTokenId,
        lora,
        reference: lora ? undefined : await loadModel(values.model, { dtype, signal }),
        evaluation: answers.length > 1 ? { everySteps, answers } : undefined,
      });
    },
  });
};
