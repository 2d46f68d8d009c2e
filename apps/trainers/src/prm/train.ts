import type { Tokenizer } from "@deepgrain/lm";
import { copyTokenizer } from "@deepgrain/lm";
import { labelForms, outcomeRow, parseLabelledRow } from "@deepgrain/prm";
import {
  type StepForm,
  type StepHead,
  StepRewardModel,
  saveStepRewardModel,
  trainingSamples,
  trainStepRewards,
} from "@deepgrain/prm/lm";
import { Generator } from "@deepgrain/tensor-gpu";
import { defineCommand } from "../cli/define-command";
import * as flags from "../cli/flags";
import { UsageError } from "../cli/usage-error";
import { readFileRows } from "../formats/read-file-rows";
import { alignFlags, heldOutFlag } from "../run/align-flags";
import { driveAlign } from "../run/drive-align";
import { paddingOf, prepare, splitRows, trainingOptions } from "../run/prepare-align";

const { template: _, ...trainingFlags } = alignFlags({
  lr: 1e-5,
  data: "Labelled solutions, one JSON object per line, in the form that --form says",
});

/** The id of a text that is one token. @throws {UsageError} for any other text */
function oneToken(tokenizer: Tokenizer, flag: string, text: string): number {
  const ids = tokenizer.encode(text, { addSpecialTokens: false });
  if (ids.length === 1) return ids[0]!;
  throw new UsageError(
    `${flag} must be one token of the model's tokenizer, "${text}" is ${ids.length}`,
  );
}

interface Given {
  head: StepHead["kind"];
  good: string;
  bad: string;
}

const headOf = ({ head: kind, good, bad }: Given, tokenizer: Tokenizer): StepHead =>
  kind === "tag"
    ? {
        kind,
        goodTokenId: oneToken(tokenizer, "--good", good),
        badTokenId: oneToken(tokenizer, "--bad", bad),
      }
    : { kind };

/** How steps are told apart; a sequence begins with what the tokenizer puts first, if anything. */
function formOf(tag: string | undefined, tokenizer: Tokenizer): StepForm {
  const bosTokenId = tokenizer.encode("")[0] ?? null;
  return tag === undefined ? { kind: "pieces", bosTokenId } : { kind: "tagged", tag, bosTokenId };
}

export const train = defineCommand({
  description:
    "Trains a reward model on labelled steps: a process reward model on every step, or an outcome reward model on the answers.",
  examples: [
    "prm train --model DIR --data run/labels.jsonl --out judge --steps 500 --lr 1e-5",
    "prm train --model DIR --data math-shepherd.jsonl --form math-shepherd --out judge --head tag --loss vocabulary",
  ],
  flags: {
    ...trainingFlags,
    form: flags.choice(labelForms, {
      default: "labels",
      help: "labels: as prm annotate writes them",
    }),
    heldOut: heldOutFlag,
    target: flags.choice(["process", "outcome"], {
      default: "process",
      help: "Learn every step's label, or the answer's alone",
    }),
    head: flags.choice(["value", "likelihood", "classes", "mlp", "tag"], {
      default: "value",
      help: "One number per step, the same with how much the step surprises the model, two classes, two after a hidden layer, or two of the model's own tokens",
    }),
    good: flags.text({ default: "+", help: "Token of good steps, for --head tag" }),
    bad: flags.text({ default: "-", help: "Token of bad steps, for --head tag" }),
    tag: flags.text({
      help: "Text after each step, at whose token it is scored, such as ' ки'; without it steps are tokenised apart and end with a line break",
    }),
    loss: flags.choice(["pair", "vocabulary"], {
      default: "pair",
      help: "Cross-entropy of good against bad, or, with --head tag, over all tokens",
    }),
    average: flags.choice(["solution", "step"], {
      default: "solution",
      help: "Mean over the steps of a solution first, as in the paper, or over all steps, as in TRL",
    }),
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
        const form = formOf(tag, own);
        const encode = (text: string) => own.encode(text, { addSpecialTokens: false });
        return { form, ...trainingSamples(all, { encode, form, target, maxLength }) };
      },
    });
    const { model, tokenizer, lora, checkpoints } = prepared;
    const { form, samples, dropped } = prepared.rows;
    if (samples.length === 0) throw new UsageError(`--data: ${data} holds no labelled steps`);
    const { train: own, heldOut } = splitRows(samples, share);
    const judge = new StepRewardModel(model, headOf(values, tokenizer), {
      generator: new Generator(values.seed),
    });
    const events = trainStepRewards(judge, own, {
      ...trainingOptions(given, { checkpoints, signal }),
      loss,
      average,
      padTokenId: paddingOf(tokenizer),
      ...(lora && { lora }),
      ...(heldOut.length > 0 && {
        evaluation: { everySteps: values.evaluateEvery, samples: heldOut },
      }),
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
