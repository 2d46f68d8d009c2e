import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  checkScoresFit,
  layoutFromConfig,
  type MoeLayout,
  readExpertScores,
  type SelectOptions,
  SUMMARY_FILE,
  selectExperts,
  selectRandomExperts,
  writeExpertConfig,
} from "@deepgrain/esft";
import { createRandom } from "@deepgrain/lm";
import { z } from "zod";
import { defineCommand } from "../../../cli/define-command";
import * as flags from "../../../cli/flags";
import type { Progress } from "../../../cli/progress";
import { readJson } from "../../../formats/read-json";
import { type SelectionJob, selectionJobs } from "./selection-jobs";

const readLayout = async (model: string): Promise<MoeLayout> =>
  layoutFromConfig(await readJson(join(model, "config.json"), z.record(z.string(), z.unknown())));

/** Reads a task's scores, and checks that they are of the model where one is given. */
async function readScores(folder: string, layout: MoeLayout | undefined, signal: AbortSignal) {
  if (!layout) return readExpertScores(folder, { signal });
  const { nRouted: experts, topK } = layout;
  const scores = await readExpertScores(folder, { experts, topK, signal });
  const layers = new Map(layout.moeLayers.map((layer) => [layer, experts]));
  const file = join(folder, SUMMARY_FILE);
  checkScoresFit(scores, layers, { file: existsSync(file) ? file : folder });
  return scores;
}

interface SelectTaskOptions {
  select: SelectOptions;
  layout: MoeLayout | undefined;
  randomSeed: number | undefined;
  progress: Progress;
  signal: AbortSignal;
}

async function selectTask(
  { scores: folder, out }: SelectionJob,
  { select, layout, randomSeed, progress, signal }: SelectTaskOptions,
) {
  const scores = await readScores(folder, layout, signal);
  const { config, warnings } = selectExperts(scores, select);
  for (const { layer, total, topP } of warnings)
    progress.note(`layer ${layer}: all used experts together reach ${total.toFixed(3)} of ${topP}`);
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
    scores: flags.folder({
      required: true,
      official: "expert_scores_dir",
      help: "Folder with summary.json or trace files",
    }),
    out: flags.file({ official: "output_path", writes: "file", help: "expert_cfg.json to write" }),
    outputDir: flags.folder({
      writes: "folder",
      help: "Or a folder: expert_cfg.json is written there, or TASK.json per task named",
    }),
    evalDatasets: flags.text({
      hint: "names",
      official: "eval_dataset",
      help: "Tasks, separated by commas, whose scores are in folders of their names in --scores",
    }),
    model: flags.folder({
      official: "base_model_path",
      help: "Check that the scores are of this model (only its config.json is read)",
    }),
    ...choiceFlags,
    randomSeed: flags.whole({
      help: "The control: draw as many experts per layer at random, with this seed",
    }),
    json: flags.flag({ help: "Print the result as JSON; with --eval-datasets a list" }),
  },
  async run(values, { write, progress, signal }) {
    const { evalDatasets: tasks, model, randomSeed, topP, json } = values;
    const { trainSharedExperts: sharedExperts, trainNonExpertModules: nonExpertModules } = values;
    const { scoreFunction, normalizeGate, zeroMeansNone } = values;
    const select = {
      ...{ scoreFunction, normalizeGate, zeroMeansNone, sharedExperts, nonExpertModules },
      ...(topP !== undefined && { topP }),
    };
    const jobs = await selectionJobs(values);
    const layout = model === undefined ? undefined : await readLayout(model);
    const options = { select, layout, randomSeed, progress, signal };
    const done = [];
    for (const job of jobs) done.push(await selectTask(job, options));
    for (const { out, config } of done) {
      await mkdir(dirname(out), { recursive: true });
      await writeExpertConfig(out, config);
    }
    const summaries = done.map(({ out, config, warnings }) => ({
      ...{ out, experts: Object.fromEntries(config.experts), warnings },
    }));
    const result = tasks === undefined ? summaries[0] : summaries;
    write(json ? `${JSON.stringify(result)}\n` : `${done.map(({ out }) => out).join("\n")}\n`);
  },
});
