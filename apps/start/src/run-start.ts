import { existsSync } from "node:fs";
import type { RunCommand } from "@deepgrain/command-line/commands/define-command";
import { Stopped, typedPath } from "@deepgrain/command-line/commands/stopped";
import type { Values } from "@deepgrain/command-line/flags/flags";
import { metricsLog } from "@deepgrain/command-line/metrics/metrics-log";
import { withLocks } from "@deepgrain/command-line/runs/locks";
import { createRun, findRun, type RunFolder } from "@deepgrain/command-line/runs/run-folder";
import { duration } from "@deepgrain/command-line/terminal/duration";
import { accuracyInterval } from "@deepgrain/lab";
import { readJson } from "@deepgrain/studies/shared/read-json";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import { saveJson } from "@deepgrain/support/files";
import { getBackend } from "@deepgrain/tensor-gpu";
import { DEFAULT_RUNS, type runFlags, type startFlags } from "./flags";
import { createJob } from "./job";
import { type JobConfig, jobConfig, jobConfigSchema, overridesSchema } from "./job-config";
import type { JobResults } from "./report/report-input";
import { lastStage, runJob } from "./run-job";
import type { Measured } from "./stages/measure-model";

type RunFlags = Values<typeof runFlags>;

/** The configuration that the flags ask for. */
async function requested({ quick, seed = 0, task, settings }: RunFlags): Promise<JobConfig> {
  const overrides = settings === undefined ? {} : await readJson(settings, overridesSchema);
  return jobConfig(quick ? "quick" : "default", seed, {
    ...overrides,
    task: task ? { ...overrides.task, id: task } : overrides.task,
  });
}

/** The folder of a run, and how to get its configuration once the folder is locked. */
interface Begun {
  folder: RunFolder;
  config(): Promise<JobConfig>;
}

/** A new run from the flags. */
async function begin(given: RunFlags): Promise<Begun> {
  const config = await requested(given);
  const folder = await createRun(given.runs, given.name, given.quick ? "quick" : "main");
  return {
    folder,
    async config() {
      if (existsSync(folder.config)) throw new UsageError(`run "${folder.name}" exists`); // just now
      await saveJson(folder.config, config);
      return config;
    },
  };
}

/** A run that was started earlier, with its original configuration. */
async function proceed(given: RunFlags): Promise<Begun> {
  for (const name of ["quick", "seed", "task", "settings"] as const)
    if (given[name] !== undefined && given[name] !== false)
      throw new UsageError(`--${name} cannot be changed in a run that is resumed`);
  const folder = await findRun(given.runs, given.name, lastStage);
  return { folder, config: () => readJson(folder.config, jobConfigSchema) };
}

const percent = (share: number) => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;

/** The result in a few lines. */
function summary({ pretrain, scores, esft, full }: Required<JobResults>): string {
  const { validationLoss, unigramEntropy, seconds, words } = pretrain!;
  const line = (name: string, measured: Measured) =>
    `${name}: ${percent(accuracyInterval(measured.right).share)} of held-out answers right, loss on English ${measured.textLosses.prose?.toFixed(3) ?? "not measured"}`;
  const share = percent(esft!.trainedParameters / full!.trainedParameters);
  return [
    `validation loss ${validationLoss.toFixed(3)} nats after ${duration(seconds)}; unigram entropy of the text ${unigramEntropy.toFixed(3)}; ${percent(words.known / words.words)} of the words written are words`,
    line("before fine-tuning", scores!.base),
    `${line("chosen experts only", esft!)}, ${share} of the weights trained`,
    line("all weights", full!),
  ].join("\n");
}

/** Runs the main job, or the rest of it. */
export const runStart: RunCommand<typeof startFlags> = async (
  { resume, json, ...flags },
  context,
) => {
  const { progress, signal, write, dryRun } = context;
  if (dryRun && resume)
    throw new UsageError("--dry-run looks at a run that begins; leave out --resume");
  const given = { ...flags, runs: dryRun?.folder ?? flags.runs };
  const { folder, config } = await (resume ? proceed : begin)(given);
  const output = { kind: "folder", path: folder.path } as const;
  await withLocks([output], "deepgrain start", async (assertOutputs) => {
    const metrics = metricsLog(folder.metrics);
    const common = { progress, metrics, signal, assertOutputs, dryRun };
    const parts = { folder, config: await config(), ...common };
    const { name, threads } = getBackend();
    progress.title(
      `deepgrain · run "${folder.name}" · ${name} on ${threads} thread${threads > 1 ? "s" : ""}`,
    );
    const results = await runJob(createJob(parts)).catch((error) => {
      if (dryRun || !signal.aborted || error !== signal.reason) throw error;
      const runs = typedPath(given.runs, context.resolve);
      const where = runs === DEFAULT_RUNS ? "" : ` --runs ${runs}`;
      throw new Stopped(
        `Stopped, saved. Go on with: deepgrain start --resume --name ${folder.name}${where}`,
      );
    });
    await assertOutputs();
    progress.finish(summary(results as Required<JobResults>));
    if (json) write(`${JSON.stringify({ run: folder.path, report: folder.report, ...results })}\n`);
    else write(`${folder.report}\n`);
  });
};
