import { copyTokenizer } from "@deepgrain/lm";
import { outcomeRow, PrmError, parseLabelledRow } from "@deepgrain/prm";
import { fields } from "@deepgrain/prm/fields";
import {
  StepRewardModel,
  saveStepRewardModel,
  stepForm,
  stepHead,
  trainingSamples,
  trainStepRewards,
} from "@deepgrain/prm/lm";
import { Generator } from "@deepgrain/tensor-gpu";
import { defineCommand } from "../cli/define-command";
import { flagsFrom } from "../cli/flags-from";
import { UsageError } from "../cli/usage-error";
import { readFileRows } from "../formats/read-file-rows";
import { alignFlags, heldOutFlag } from "../run/align-flags";
import { driveAlign } from "../run/drive-align";
import { paddingOf, prepare, splitRows, trainingOptions } from "../run/prepare-align";

const { template: _, ...trainingFlags } = alignFlags({
  lr: 1e-5,
  data: "Labelled solutions, one JSON object per line, in the form that --form says",
});

/** The head of the flags. @throws {UsageError} naming the flag of a word that is not one token */
function headOf(...given: Parameters<typeof stepHead>): ReturnType<typeof stepHead> {
  try {
    return stepHead(...given);
  } catch (error) {
    if (!PrmError.isInstance(error)) throw error;
    throw new UsageError(error.message.replace(/^prm\/stepHead: /, "--"), { cause: error });
  }
}

export const train = defineCommand({
  description:
    "Trains a reward model on labelled steps: a process reward model on every step, or an outcome reward model on the answers.",
  examples: [
    "prm train --model DIR --data run/labels.jsonl --out judge --steps 500 --lr 1e-5",
    "prm train --model DIR --data math-shepherd.jsonl --form math-shepherd --out judge --head tag --loss vocabulary",
  ],
  isTraining: true,
  flags: {
    ...trainingFlags,
    ...flagsFrom(fields.rows),
    heldOut: heldOutFlag,
    ...flagsFrom(fields.training),
  },
  async run(values, context) {
    const { data, out, form: fileForm, target, head, loss, average, tag, heldOut: share } = values;
    const { signal, write, progress } = context;
    if (values.loraRank !== undefined && !values.merge)
      throw new UsageError("a reward model is written as a whole: give --merge with --lora-rank");
    if (loss === "vocabulary" && head !== "tag")
      throw new UsageError("--loss vocabulary needs --head tag");
    const { rows, rejected } = await readFileRows(data, parseLabelledRow(fileForm), progress);
    const settings = { fileForm, target, head, loss, average, tag: tag ?? null, heldOut: share };
    const given = { ...values, template: undefined };
    const all = target === "outcome" ? rows.map(outcomeRow) : rows;
    const prepared = await prepare(given, {
      group: "prm",
      command: "train",
      settings,
      signal,
      claim: context.claim,
      files: ["step-reward.json", "score-*/"],
      encode(own, { maxLength }) {
        const form = stepForm(tag, own);
        const encode = (text: string) => own.encode(text, { addSpecialTokens: false });
        return { form, ...trainingSamples(all, { encode, form, target, maxLength }) };
      },
    });
    const { model, tokenizer, lora, checkpoints } = prepared;
    const { form, samples, dropped } = prepared.rows;
    if (samples.length === 0) throw new UsageError(`--data: ${data} holds no labelled steps`);
    const { train: own, heldOut } = splitRows(samples, share);
    const judge = new StepRewardModel(model, headOf(head, tokenizer, values), {
      generator: new Generator(values.seed),
    });
    const events = trainStepRewards(judge, own, {
      ...trainingOptions(given, { checkpoints, signal }),
      loss,
      average,
      padTokenId: paddingOf(tokenizer),
      lora,
      evaluation:
        heldOut.length > 0 ? { everySteps: values.evaluateEvery, samples: heldOut } : undefined,
    });
    const title = target === "process" ? "Process reward model" : "Outcome reward model";
    const outcome = await driveAlign(events, { stage: "prm", title, out }, context);
    await lora?.merge();
    await saveStepRewardModel(out, judge, { form, target });
    await copyTokenizer(values.model, out);
    await context.assertOutputs();
    const result = { out, rows: rows.length, rejected, dropped, ...outcome };
    write(values.json ? `${JSON.stringify(result)}\n` : `${out}\n`);
  },
});
