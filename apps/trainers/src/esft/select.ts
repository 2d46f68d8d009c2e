import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
import {
  layoutFromConfig,
  type MoeLayout,
  readExpertScores,
  type SelectOptions,
  selectExperts,
  selectRandomExperts,
  writeExpertConfig,
} from "@deepgrain/esft";
import { createRandom } from "@deepgrain/lm";
import { z } from "zod";
import type { CliContext } from "../cli/context";
import { defineCommand } from "../cli/define-command";
import type { Values } from "../cli/flags";
import * as flags from "../cli/flags";
import { type OutputFile, outputFile } from "../cli/output-file";
import { UsageError } from "../cli/usage-error";
import { readJson } from "../formats/read-json";
import { overwriteFlag } from "../run/training-flags";

const readLayout = async (model: string): Promise<MoeLayout> =>
  layoutFromConfig(await readJson(join(model, "config.json"), z.record(z.string(), z.unknown())));

/** One selection: where its scores are, and where its configuration goes. */
interface SelectionJob {
  scores: string;
  out: OutputFile;
}

const jobFlags = {
  scores: flags.folder({
    required: true,
    official: "expert_scores_dir",
    help: "Folder with summary.json or trace files",
  }),
  out: flags.outFile({ official: "output_path", help: "expert_cfg.json to write" }),
  outputDir: flags.folder({
    writes: "folder",
    help: "Or a folder: expert_cfg.json is written there, or TASK.json per task named",
  }),
  evalDatasets: flags.text({
    hint: "names",
    official: "eval_dataset",
    help: "Tasks, separated by commas, whose scores are in folders of their names in --scores",
  }),
};

const isFolder = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => undefined))?.isDirectory() ?? false;

/**
 * What to select: one configuration out of one folder; or one for each named task, whose scores are in a folder of that name
 * inside the scores folder, as in the official README (for a single task the scores folder itself may be meant).
 * @throws {UsageError} unless exactly one place to write is given, and it can hold all configurations
 */
async function selectionJobs(given: Values<typeof jobFlags>): Promise<SelectionJob[]> {
  const { scores, out, outputDir, evalDatasets } = given;
  if ((out === undefined) === (outputDir === undefined))
    throw new UsageError("give either --out, a file, or --output-dir, a folder");
  const fileOf = (name: string) => out ?? outputFile(join(outputDir!, `${name}.json`));
  if (evalDatasets === undefined) return [{ scores, out: fileOf("expert_cfg") }];
  const tasks = evalDatasets.split(",").map((name) => name.trim());
  const isWrong = tasks.some((name) => name === "" || name === ".." || /[/\\]/.test(name));
  if (isWrong || new Set(tasks).size !== tasks.length)
    throw new UsageError(
      `--eval-datasets must be different names of tasks, separated by commas, got "${evalDatasets}"`,
    );
  if (tasks.length > 1 && out !== undefined)
    throw new UsageError("--out is one file; give --output-dir for several tasks");
  const folderOf = async (task: string) =>
    tasks.length > 1 || (await isFolder(join(scores, task))) ? join(scores, task) : scores;
  return Promise.all(
    tasks.map(async (task) => ({ scores: await folderOf(task), out: fileOf(task) })),
  );
}

interface SelectTaskOptions extends Pick<CliContext, "progress" | "signal"> {
  select: SelectOptions;
  layout: MoeLayout | undefined;
  /** Experts per token, where trace files are too short to tell. */
  topK: number | undefined;
  randomSeed: number | undefined;
}

async function selectTask(
  { scores: folder, out }: SelectionJob,
  { select, layout, topK, randomSeed, progress, signal }: SelectTaskOptions,
) {
  const scores = await readExpertScores(folder, {
    ...(layout && { layout }),
    ...(topK !== undefined && { topK }),
    signal,
  });
  const { config, warnings } = selectExperts(scores, select);
  for (const { type, layer, total, topP } of warnings)
    progress.note(
      type === "gate-sum-above-one"
        ? `layer ${layer}: gate values sum to ${total.toFixed(3)}, so ${topP} is not a share of them; --normalize-gate makes shares`
        : `layer ${layer}: all used experts together reach ${total.toFixed(3)} of ${topP}`,
    );
  const counts = [...config.experts.values()].map((list) => list.length);
  const mean = counts.reduce((sum, n) => sum + n, 0) / counts.length;
  const range = `from ${Math.min(...counts)} to ${Math.max(...counts)}`;
  progress.note(`${mean.toFixed(2)} experts per layer, ${range}`);
  if (randomSeed === undefined) return { out, config, warnings };
  const sizes = new Map([...scores.token].map(([layer, values]) => [layer, values.length]));
  const random = createRandom(randomSeed).next;
  return { out, config: selectRandomExperts(config, sizes, { random }), warnings };
}

const choiceFlags = {
  scoreFunction: flags.choice(["token", "gate"], {
    default: "token",
    help: "Count choices, or add gate values",
  }),
  topP: flags.real({ max: 1, help: "Share to cover; 0.2 by default for token, 0.1 for gate" }),
  normalizeGate: flags.flag({ help: "Divide gate values by their sum in the layer first" }),
  zeroMeansNone: flags.flag({ help: "Let --top-p 0 choose no expert instead of one per layer" }),
  trainSharedExperts: flags.flag({ help: "Train shared experts too" }),
  trainNonExpertModules: flags.flag({ help: "Train everything outside the experts too" }),
};

export const select = defineCommand({
  description: "Chooses in each layer the fewest experts that cover a share of a task's score.",
  examples: [
    "esft select --scores scores/task --out expert_cfg.json",
    "esft select --scores scores/task --score-function gate --top-p 0.1 --out expert_cfg.json",
    "esft select --scores scores/task --model runs/main/base --out expert_cfg.json",
    "esft select --eval_datasets=intent,law --expert_scores_dir=scores --output_dir=configs",
  ],
  flags: {
    ...jobFlags,
    model: flags.folder({
      official: "base_model_path",
      help: "Check that the scores are of this model (only its config.json is read)",
    }),
    topK: flags.whole({
      min: 1,
      help: "Experts per token, for trace files too short to tell; --model says it too",
    }),
    ...choiceFlags,
    randomSeed: flags.whole({
      help: "The control: draw as many experts per layer at random, with this seed",
    }),
    ...overwriteFlag,
    json: flags.flag({ help: "Print the result as JSON; with --eval-datasets a list" }),
  },
  async run(values, { write, progress, signal, claim }) {
    const { evalDatasets: tasks, model, topK, randomSeed, topP, json } = values;
    const { trainSharedExperts: sharedExperts, trainNonExpertModules: nonExpertModules } = values;
    const { scoreFunction, normalizeGate, zeroMeansNone } = values;
    const select = {
      scoreFunction,
      normalizeGate,
      zeroMeansNone,
      sharedExperts,
      nonExpertModules,
      ...(topP !== undefined && { topP }),
    };
    const jobs = await selectionJobs(values);
    const layout = model === undefined ? undefined : await readLayout(model);
    const options = { select, layout, topK, randomSeed, progress, signal };
    const done = [];
    for (const job of jobs) done.push(await selectTask(job, options));
    if (values.outputDir !== undefined) {
      const files = done.map(({ out }) => basename(out.path));
      await claim(values.outputDir, {
        command: "esft select",
        settings: {},
        data: {},
        files,
        work: files,
        fresh: [],
        resume: false,
        overwrite: values.overwrite,
      });
    }
    for (const { out, config } of done) await out.fill((path) => writeExpertConfig(path, config));
    const summaries = done.map(({ out, config, warnings }) => ({
      out: out.path,
      experts: Object.fromEntries(config.experts),
      warnings,
    }));
    const result = tasks === undefined ? summaries[0] : summaries;
    write(json ? `${JSON.stringify(result)}\n` : `${done.map(({ out }) => out.path).join("\n")}\n`);
  },
});
