import * as flags from "@deepgrain/command-line/flags/flags";
import { flagsFrom } from "@deepgrain/command-line/flags/flags-from";
import { endpointFlags } from "@deepgrain/command-line/models/endpoint-flags";
import {
  alignFlags,
  heldOutFlag,
  ppoFlags,
  samplingFlags,
} from "@deepgrain/command-line/trainings/align-flags";
import { continueFlags } from "@deepgrain/command-line/trainings/training-flags";
import { dtypeFlag, referenceDtypeFlag } from "@deepgrain/command-line/trainings/weight-types";
import { fields } from "@deepgrain/prm/fields";

/** The source of solutions: an endpoint, or a model folder. */
export const completerFlags = {
  ...endpointFlags,
  ...flagsFrom({ chat: fields.endpoint.chat }),
  model: flags.model({ help: "Hugging Face folder or GGUF file, instead of --endpoint" }),
  ...dtypeFlag,
  ...flagsFrom(fields.completions),
};

/** How answers are read and compared. */
export const answerFlags = flagsFrom(fields.answers);

/** Flags of the scorer of steps: a folder of `prm train`, or a reward model behind vLLM. */
export const scorerFlags = {
  scorer: flags.folder({ help: "Folder of `prm train`, or of Qwen2.5-Math-PRM" }),
  ...flagsFrom(fields.scorer),
};

/** Problems to answer. */
export const problemFlags = {
  problem: flags.text({ help: "A problem to answer" }),
  in: flags.file({
    help: 'Problems instead, one JSON object per line: {"problem"} and optionally "id" and the correct "answer"',
  }),
  out: flags.outFile({
    help: "Results with their evidence, one JSON object per line",
  }),
  json: flags.flag({ help: "Print the results as JSON, one per line" }),
};

const annotationFlags = flagsFrom(fields.annotation);

/** The flags of `prm annotate`. */
export const annotateFlags = {
  in: flags.file({
    help: 'Solutions, one JSON object per line: {"id", "problem", "steps", "gold"}; needed except with --worker',
  }),
  out: flags.folder({
    writes: "folder",
    help: "Folder for journal.jsonl and labels.jsonl; the same command with --resume continues there",
  }),
  ...answerFlags,
  ...annotationFlags,
  ...completerFlags,
  plan: flags.flag({ help: "Print the estimated cost, and send nothing" }),
  ...flagsFrom(fields.plan),
  as: flags.choice(["labels", "math-shepherd", "trl"], {
    default: "labels",
    help: "Format of labels.jsonl",
  }),
  queue: flags.text({
    hint: "start|url|file",
    help: "Work through BullMQ: start runs valkey-server with a password and writes queue.address into --out for workers; redis://host:port, or a file that holds such an address, connects; no server without it. --concurrency and --requests-per-minute then hold for all workers together",
  }),
  ...continueFlags,
  worker: flags.flag({ help: "With --queue, only be a worker, until Ctrl-C" }),
  json: flags.flag({ help: "Print the counts as JSON" }),
};

const { template: _, ...rewardTraining } = alignFlags({
  lr: 1e-5,
  data: "Labelled solutions, one JSON object per line, in the form that --form says",
});

/** The flags of `prm train`. */
export const trainFlags = {
  ...rewardTraining,
  ...flagsFrom(fields.rows),
  heldOut: heldOutFlag,
  ...flagsFrom(fields.training),
};

/** The flags of `prm score`. */
export const scoreFlags = {
  ...scorerFlags,
  problem: flags.text({ help: "A problem" }),
  solution: flags.text({ help: "Its solution, one line per step (\\n ends one)" }),
  in: flags.file({
    help: 'Solutions instead, one JSON object per line: {"problem", "steps"} or {"problem", "solution"}',
  }),
  html: flags.outFile({ help: "Page to write" }),
  colour: flags.toggle({
    help: "Colour the text in the terminal",
    negated: "Print scores without colours; by default where NO_COLOR is set",
  }),
  json: flags.flag({ help: "Print problem, steps and scores as JSON, a line per solution" }),
};

/** The flags of `prm grade`. */
export const gradeFlags = {
  completions: flags.file({
    required: true,
    help: 'One JSON object per line: {"id", "completion", "gold", "format": "gsm8k" | "math" | "prm800k"} and optionally "marker", "mode"; gold is a bare answer or a whole solution with the same marker',
  }),
  out: flags.outFile({
    required: true,
    help: 'Results, one per line: {"id", "extracted", "correct"}',
  }),
  json: flags.flag({ help: "Print the counts as JSON" }),
};

/** The flags of `prm verify`. */
export const verifyFlags = {
  ...problemFlags,
  ...completerFlags,
  ...scorerFlags,
  ...flagsFrom(fields.verification),
  ...flagsFrom(fields.aggregation),
  ...answerFlags,
  seed: flags.whole({ default: 0, help: "Same seed, same solutions" }),
};

/** The flags of `prm search`. */
export const searchFlags = {
  ...problemFlags,
  ...completerFlags,
  ...scorerFlags,
  ...flagsFrom(fields.search),
  ...flagsFrom(fields.aggregation),
  ...answerFlags,
  seed: flags.whole({ default: 0, help: "Same seed, same solutions" }),
};

const {
  template: _template,
  skipBadRows: _skipBadRows,
  ...ppoTraining
} = alignFlags({
  lr: 1e-6,
  data: 'Problems, one JSON object per line: {"problem"}',
});

/** The flags of `prm ppo`. */
export const stepPpoFlags = {
  ...ppoTraining,
  rewardModel: flags.folder({
    required: true,
    help: "Folder of `prm train`, or of Qwen2.5-Math-PRM",
  }),
  ...samplingFlags,
  ...ppoFlags,
  ...flagsFrom(fields.credit),
  ...referenceDtypeFlag,
};

/** The flags of `prm evaluate`. */
export const evaluateFlags = {
  ...scorerFlags,
  in: flags.file({ required: true, help: "Labelled solutions, one JSON object per line" }),
  ...flagsFrom(fields.rows),
  ...flagsFrom(fields.evaluation),
  json: flags.flag({ help: "Print the result as JSON" }),
};
