import { fields } from "@deepgrain/coder/fields";
import * as flags from "@deepgrain/command-line/flags/flags";
import { flagsFrom } from "@deepgrain/command-line/flags/flags-from";
import { endpointFlags } from "@deepgrain/command-line/models/endpoint-flags";
import { samplingFlags, tuningFlags } from "@deepgrain/command-line/trainings/align-flags";
import { dtypeFlag, referenceDtypeFlag } from "@deepgrain/command-line/trainings/weight-types";

/** Where the files of tasks are published. */
const PLACES = `Files of tasks are published; HumanEval: github.com/openai/human-eval (MIT); infilling: github.com/openai/human-eval-infilling (MIT); MBPP: github.com/google-research/google-research/tree/master/mbpp (CC BY 4.0); HumanEval+ and MBPP+: github.com/evalplus/evalplus (Apache-2.0); HumanEval-X: github.com/THUDM/CodeGeeX (Apache-2.0); MultiPL-E: github.com/nuprl/MultiPL-E (MIT)`;

/** Where tasks come from. */
export const taskFlags = {
  tasks: flags.file({
    ifMissing: PLACES,
    help: "Tasks: HumanEval, its infilling variants, MBPP, HumanEval+ and MBPP+ in EvalPlus's form, HumanEval-X, MultiPL-E, or rows of { prompt, tests, language }; .gz is unpacked. Without it, generated functions over arrays in JavaScript",
  }),
  language: flags.text({ help: "Only tasks in this language, such as JavaScript" }),
};

const { n, k, ...asking } = flagsFrom(fields.evaluation);

/** Flags for what is evaluated, and how it is asked. */
export const sourceFlags = {
  model: flags.model({ help: "Hugging Face folder or GGUF file of the model" }),
  ...dtypeFlag,
  ...endpointFlags,
  completions: flags.file({
    help: 'Completions that are there already, one JSON object per line: {"task_id", "completion"}',
  }),
  reference: flags.flag({ help: "Run the tasks' reference solutions, to check tasks and sandbox" }),
  empty: flags.flag({ help: "Run empty completions, which should pass nothing" }),
  n,
  temperature: flags.real({
    default: 0.2,
    help: "Sampling temperature; 0 takes the likeliest token",
  }),
  maxNewTokens: flags.whole({ min: 1, default: 512, help: "Longest completion in tokens" }),
  ...asking,
};

/** Flags for what answers are rewarded for. */
export const rewardFlags = {
  reward: flags.choice(["tests", "model", "both"], {
    default: "tests",
    help: "1 for a program that passes its tests, the score of --reward-model, or their weighted sum",
  }),
  rewardModel: flags.folder({ help: "Folder of `align reward`, for --reward model and both" }),
  testWeight: flags.real({ default: 1, help: "Weight of the tests in --reward both" }),
  modelWeight: flags.real({ default: 1, help: "Weight of the model's score in --reward both" }),
  learnEvery: flags.whole({
    min: 1,
    help: "Rounds after which the reference becomes the policy and the reward model is trained on the tests' verdicts, with a tenth of old answers; never without it",
  }),
  learnSteps: flags.whole({ min: 1, default: 50, help: "Steps of each such training" }),
  learnLr: flags.real({ default: 2e-5, help: "Its learning rate" }),
};

/** The flags of `coder fim`. */
export const fimFlags = {
  data: flags.file({
    required: true,
    help: 'Documents: .jsonl of {"text"} whose other keys are kept, or text with <|endoftext|> between documents',
  }),
  ...flagsFrom(fields.fim),
  sentinels: flags.choice(["drop", "escape"], {
    default: "drop",
    help: "What becomes of documents that hold a sentinel",
  }),
  seed: flags.whole({ default: 0, help: "Same seed, same cuts" }),
  out: flags.outFile({ required: true, help: "JSON lines to write" }),
  json: flags.flag({ help: "Print the counts as JSON" }),
};

/** The flags of `coder order`. */
export const orderFlags = {
  repository: flags.folder({ required: true, help: "Folder of the repository" }),
  ...flagsFrom(fields.packing),
  filter: flags.flag({ help: "Leave out files that the paper's five filters drop" }),
  seed: flags.whole({ default: 0, help: "Of --order random" }),
  out: flags.outFile({ required: true, help: 'JSON lines of {"paths", "text"} to write' }),
  json: flags.flag({ help: "Print the counts as JSON" }),
};

/** The flags of `coder dedupe`. */
export const dedupeFlags = {
  data: flags.file({
    required: true,
    help: 'Documents, the preferred ones first: .jsonl of {"text", "path"?, "language"?}, or text with <|endoftext|> between documents. A repository is one document',
  }),
  filter: flags.toggle({
    default: true,
    help: "Apply the five filters",
    negated: "Do not apply the filters",
  }),
  ...flagsFrom(fields.duplicates),
  against: flags.file({
    help: "Tests, of which no ten words in a row may be in a document: tasks, or documents",
  }),
  out: flags.outFile({ required: true, help: "JSON lines of what is kept" }),
  dropped: flags.outFile({ help: "JSON lines of what is dropped, and why" }),
  json: flags.flag({ help: "Print the counts as JSON" }),
};

/** The flags of `coder evaluate`. */
export const evaluateFlags = {
  ...taskFlags,
  ...sourceFlags,
  k,
  ...flagsFrom(fields.limits),
  out: flags.outFile({
    help: "File of samples, as human-eval writes them: task_id, completion, passed, result",
  }),
  json: flags.flag({ help: "Print the result as JSON" }),
};

/** The file of sampled answers in `--out`. */
export const ROLLOUTS = "rollouts.jsonl";

/** The flags of `coder grpo`. */
export const grpoFlags = {
  ...taskFlags,
  ...tuningFlags({ lr: 1e-6 }),
  ...rewardFlags,
  ...samplingFlags,
  ...referenceDtypeFlag,
  heldOut: flags.real({
    max: 0.9,
    default: 0.1,
    help: "Share of the tasks that is held out and measured; 0 for none",
  }),
  heldOutSamples: flags.whole({ min: 1, default: 1, help: "Answers to each held-out task" }),
  beta: flags.real({ default: 0.04, help: "Weight of the KL term" }),
  updates: flags.whole({ min: 1, default: 1, help: "Updates per sampling" }),
  maskTruncated: flags.flag({ help: "Leave answers that reach --max-new-tokens out of the loss" }),
  instructions: flags.whole({
    min: 1,
    default: 50_000_000,
    help: "Instructions that a program may take",
  }),
  rollouts: flags.flag({ help: `Write every sampled answer to ${ROLLOUTS} in --out` }),
};
