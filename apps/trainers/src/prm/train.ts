import type { RunCommand } from "@deepgrain/command-line/commands/define-command";
import { readFileRows } from "@deepgrain/command-line/files/read-file-rows";
import { driveAlign } from "@deepgrain/command-line/trainings/drive-align";
import {
  paddingOf,
  prepare,
  splitRows,
  trainingOptions,
} from "@deepgrain/command-line/trainings/prepare-align";
import { copyTokenizer } from "@deepgrain/lm";
import { outcomeRow, PrmError, parseLabelledRow } from "@deepgrain/prm";
import {
  StepRewardModel,
  saveStepRewardModel,
  stepForm,
  stepHead,
  trainingSamples,
  trainStepRewards,
} from "@deepgrain/prm/lm";
import { FormatError } from "@deepgrain/studies/shared/read-json";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import { problemOf } from "@deepgrain/support";
import { Generator } from "@deepgrain/tensor-gpu";
import type { trainFlags } from "./flags";

/** The head of the flags. @throws {UsageError} naming the flag of a word that is not one token */
function headOf(...given: Parameters<typeof stepHead>): ReturnType<typeof stepHead> {
  try {
    return stepHead(...given);
  } catch (error) {
    if (!PrmError.isInstance(error)) throw error;
    throw new UsageError(`--${problemOf(error)}`, { cause: error });
  }
}

/** `prm train`. */
export const train: RunCommand<typeof trainFlags> = async (values, context) => {
  const { data, out, form: fileForm, target, head, loss, average, tag, heldOut: share } = values;
  const { signal, write, progress } = context;
  if (values.loraRank !== undefined && !values.merge)
    throw new UsageError("a reward model is written as a whole: give --merge with --lora-rank");
  if (loss === "vocabulary" && head !== "tag")
    throw new UsageError("--loss vocabulary needs --head tag");
  const classes = head === "three" ? 3 : 2;
  const parse = parseLabelledRow(fileForm, { classes });
  const { rows, rejected } = await readFileRows(data, parse, progress);
  const neutral = classes === 3 ? { neutral: values.neutral } : {};
  const judged = { fileForm, target, head, ...neutral, loss, average, tag: tag ?? null };
  const settings = { ...judged, heldOut: share };
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
  if (samples.length === 0) throw new FormatError(`${data} holds no labelled steps`);
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
};
