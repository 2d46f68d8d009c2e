import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
import type { CommandContext } from "@deepgrain/command-line/commands/context";
import type { RunCommand } from "@deepgrain/command-line/commands/define-command";
import { type OutputFile, outputFile } from "@deepgrain/command-line/files/output-file";
import type { Values } from "@deepgrain/command-line/flags/flags";
import {
  layoutFromConfig,
  type MoeLayout,
  readExpertScores,
  type SelectOptions,
  selectExperts,
  selectRandomExperts,
  writeExpertConfig,
} from "@deepgrain/esft";
import { createRandom, loadConfig, toHuggingFace } from "@deepgrain/lm";
import { readJson } from "@deepgrain/studies/shared/read-json";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import { z } from "zod";
import type { jobFlags, selectFlags } from "./flags";
import { selectionText, shareOfWeights } from "./selection-text";

/** The layout of a folder of any family, or of a GGUF file. */
async function readLayout(model: string): Promise<MoeLayout> {
  if (/\.gguf$/i.test(model)) return layoutFromConfig(toHuggingFace(await loadConfig(model)));
  const config = await readJson(join(model, "config.json"), z.record(z.string(), z.unknown()));
  return layoutFromConfig(config);
}

/** One selection: where its scores are, and where its configuration goes. */
interface SelectionJob {
  scores: string;
  out: OutputFile;
}

const isFolder = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => undefined))?.isDirectory() ?? false;

/**
 * The selections to make: one configuration out of one folder; or one for each named task, whose scores are in a folder
 * of that name inside the scores folder, as in the official README (for a single task the scores folder itself may be
 * meant).
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

interface SelectTaskOptions extends Pick<CommandContext, "progress" | "signal"> {
  select: SelectOptions;
  layout: MoeLayout | undefined;
  /** Folder of the model, for the share of its weights. */
  model: string | undefined;
  /** Experts per token, where trace files are too short to tell. */
  topK: number | undefined;
  randomSeed: number | undefined;
}

async function selectTask(
  { scores: folder, out }: SelectionJob,
  { select, layout, model, topK, randomSeed, progress, signal }: SelectTaskOptions,
) {
  const scores = await readExpertScores(folder, {
    layout,
    topK,
    signal,
  });
  const { config, warnings } = selectExperts(scores, select);
  for (const { type, layer, total, topP } of warnings)
    progress.note(
      type === "gate-sum-above-one"
        ? `layer ${layer}: gate values sum to ${total.toFixed(3)}, so ${topP} is not a share of them; --normalize-gate makes shares`
        : `layer ${layer}: all used experts together reach ${total.toFixed(3)} of ${topP}`,
    );
  const sizes = new Map([...scores.token].map(([layer, values]) => [layer, values.length]));
  const chosen =
    randomSeed === undefined
      ? config
      : selectRandomExperts(config, sizes, { random: createRandom(randomSeed).next });
  const share = model === undefined ? undefined : await shareOfWeights(model, chosen);
  progress.note(selectionText(chosen, share));
  return { out, config: chosen, warnings, share };
}

/** `esft select`. */
export const select: RunCommand<typeof selectFlags> = async (
  values,
  { write, progress, signal, claim },
) => {
  const { evalDatasets: tasks, model, topK, randomSeed, topP, json } = values;
  const { trainSharedExperts: sharedExperts, trainNonExpertModules: nonExpertModules } = values;
  const { scoreFunction, normalizeGate, zeroMeansNone } = values;
  const parts = { sharedExperts, nonExpertModules };
  const select = { scoreFunction, topP, normalizeGate, zeroMeansNone, ...parts };
  const jobs = await selectionJobs(values);
  const layout = model === undefined ? undefined : await readLayout(model);
  const options = { select, layout, model, topK, randomSeed, progress, signal };
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
  const summaries = done.map(({ out, config, warnings, share }) => ({
    out: out.path,
    experts: Object.fromEntries(config.experts),
    share,
    warnings,
  }));
  const result = tasks === undefined ? summaries[0] : summaries;
  write(json ? `${JSON.stringify(result)}\n` : `${done.map(({ out }) => out.path).join("\n")}\n`);
};
