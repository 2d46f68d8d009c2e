import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  checkScoresFit,
  type ExpertConfig,
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
import { defineCliCommand } from "../../cli/define-command";
import { numberFlag } from "../../cli/number-flag";
import type { Progress } from "../../cli/progress";
import { readJson } from "../../formats/read-json";
import { type SelectionJob, selectionJobs } from "./selection-jobs";
import { modelArg, official } from "./shared-args";

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
  progress.note(
    `${mean.toFixed(2)} experts a layer, from ${Math.min(...counts)} to ${Math.max(...counts)}`,
  );
  if (randomSeed === undefined) return { out, config, warnings };
  const sizes = new Map([...scores.token].map(([layer, values]) => [layer, values.length]));
  const random = createRandom(randomSeed).next;
  return { out, config: selectRandomExperts(config, sizes, { random }), warnings };
}

const summaryOf = (out: string, { experts }: ExpertConfig, warnings: unknown) => ({
  out,
  experts: Object.fromEntries(experts),
  warnings,
});

export const select = defineCliCommand({
  name: "select",
  description: "Chooses in each layer the fewest experts that cover a share of a task's score.",
  examples: [
    "esft select --scores scores/task --out expert_cfg.json",
    "esft select --scores scores/task --score-function gate --top-p 0.1 --out expert_cfg.json",
    "esft select --scores scores/task --model runs/main/base --out expert_cfg.json",
    "esft select --eval_datasets=intent,law --expert_scores_dir=scores --output_dir=configs",
  ],
  args: {
    scores: {
      type: "string",
      required: true,
      valueHint: "dir",
      alias: official("expert_scores_dir"),
      description: "Folder with summary.json or trace files",
    },
    out: {
      type: "string",
      valueHint: "file",
      alias: official("output_path"),
      writes: "file",
      description: "Where to write expert_cfg.json",
    },
    "output-dir": {
      type: "string",
      writes: "folder",
      valueHint: "dir",
      alias: "output_dir",
      description:
        "Or a folder: expert_cfg.json is written there, or TASK.json for each task named",
    },
    "eval-datasets": {
      type: "string",
      valueHint: "names",
      alias: ["eval_datasets", ...official("eval_dataset")],
      description:
        "Tasks, separated by commas, whose scores are in folders of their names in --scores",
    },
    model: {
      ...modelArg,
      required: false,
      description: "Check that the scores are of this model (only its config.json is read)",
    },
    "score-function": {
      type: "enum",
      options: ["token", "gate"],
      default: "token",
      alias: "score_function",
      description: "Count choices, or add gate values",
    },
    "top-p": {
      type: "string",
      alias: "top_p",
      description: "Share to cover. Default 0.2 for token, 0.1 for gate",
    },
    "normalize-gate": {
      type: "boolean",
      description: "Divide gate values by their sum in the layer first",
    },
    "zero-means-none": {
      type: "boolean",
      description: "Let --top-p 0 choose no expert instead of one a layer",
    },
    "random-seed": {
      type: "string",
      description: "The control: draw as many experts in each layer at random",
    },
    "train-shared-experts": {
      type: "boolean",
      alias: "train_shared_experts",
      description: "Train shared experts too",
    },
    "train-non-expert-modules": {
      type: "boolean",
      alias: "train_non_expert_modules",
      description: "Train everything outside the experts too",
    },
    json: { type: "boolean", description: "The result as JSON; with --eval-datasets a list" },
  },
  async run(args, { resolve, write, progress, signal }) {
    const place = (path: string | undefined) => (path === undefined ? undefined : resolve(path));
    const topP = numberFlag("top-p", args["top-p"], { max: 1, whole: false });
    const randomSeed = numberFlag("random-seed", args["random-seed"]);
    const jobs = await selectionJobs({
      scores: resolve(args.scores),
      out: place(args.out),
      outDir: place(args["output-dir"]),
      tasks: args["eval-datasets"],
    });
    const layout = args.model === undefined ? undefined : await readLayout(resolve(args.model));
    const options = {
      select: {
        scoreFunction: args["score-function"] as "token" | "gate",
        normalizeGate: args["normalize-gate"] === true,
        zeroMeansNone: args["zero-means-none"] === true,
        sharedExperts: args["train-shared-experts"] === true,
        nonExpertModules: args["train-non-expert-modules"] === true,
        ...(topP === undefined ? {} : { topP }),
      },
      layout,
      randomSeed,
      progress,
      signal,
    };
    const done = [];
    for (const job of jobs) done.push(await selectTask(job, options));
    for (const { out, config } of done) {
      await mkdir(dirname(out), { recursive: true });
      await writeExpertConfig(out, config);
    }
    const summaries = done.map(({ out, config, warnings }) => summaryOf(out, config, warnings));
    const result = args["eval-datasets"] === undefined ? summaries[0] : summaries;
    write(args.json ? `${JSON.stringify(result)}\n` : `${done.map(({ out }) => out).join("\n")}\n`);
  },
});
