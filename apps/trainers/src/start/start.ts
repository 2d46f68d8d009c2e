import { existsSync } from "node:fs";
import { checkedTaskIds } from "@deepgrain/studies/shared/tasks/tasks";
import { getBackend } from "@deepgrain/tensor-gpu";
import { defineCommand } from "../cli/define-command";
import { duration } from "../cli/duration";
import type { Values } from "../cli/flags";
import * as flags from "../cli/flags";
import { UsageError } from "../cli/usage-error";
import { readJson } from "../formats/read-json";
import { saveJson } from "../formats/save-file";
import { withLocks } from "../store/locks";
import { metricsLog } from "../store/metrics-log";
import { createRun, findRun, type RunFolder } from "../store/run-folder";
import { accuracyOf } from "./accuracy";
import { createJob } from "./job";
import { type JobConfig, jobConfig, jobConfigSchema, overridesSchema, presets } from "./job-config";
import type { JobResults } from "./job-results";
import { lastStage, runJob } from "./run-job";
import type { Measured } from "./stages/measure-model";

const runFlags = {
  quick: flags.flag({ help: "A smaller run, within a minute on two cores" }),
  name: flags.text({ hint: "name", help: "Name of the run's folder; main, main-2, … by default" }),
  seed: flags.whole({ help: "Same seed, same result; 1 by default" }),
  task: flags.choice(checkedTaskIds, {
    hint: "name",
    help: `Task to specialise on: ${checkedTaskIds.join(" or ")}; ${presets.default.task.id} by default`,
  }),
  config: flags.file({
    help: "JSON that replaces fields of the preset; see any run's config.json",
  }),
  runs: flags.folder({ default: "runs", help: "Folder that holds the runs" }),
};

type RunFlags = Values<typeof runFlags>;

/** The configuration that the flags ask for. */
async function requested({ quick, seed = 1, task, config }: RunFlags): Promise<JobConfig> {
  const overrides = config === undefined ? {} : await readJson(config, overridesSchema);
  return jobConfig(quick ? "quick" : "default", seed, {
    ...overrides,
    ...(task && { task: { ...overrides.task, id: task } }),
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
  for (const name of ["quick", "seed", "task", "config"] as const)
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
    `${name}: ${percent(accuracyOf(measured).share)} of held-out answers right, loss on English ${measured.textLosses.prose?.toFixed(3) ?? "not measured"}`;
  const share = percent(esft!.trainedParameters / full!.trainedParameters);
  return [
    `validation loss ${validationLoss.toFixed(3)} nats after ${duration(seconds)}; unigram entropy of the text ${unigramEntropy.toFixed(3)}; ${percent(words.known / words.words)} of the words written are words`,
    line("before fine-tuning", scores!.base),
    `${line("chosen experts only", esft!)}, ${share} of the weights trained`,
    line("all weights", full!),
  ].join("\n");
}

export const start = defineCommand({
  description:
    "Trains a mixture-of-experts language model on prose, code, messages and licences, specialises it by expert-specialised fine-tuning, and writes a report.",
  examples: [
    "start",
    "start --quick",
    "start --resume   # continues where Ctrl-C or a crash stopped it",
    "start --name languages --task languages --seed 7",
  ],
  flags: {
    ...runFlags,
    resume: flags.flag({
      help: "Continue the unfinished run that was touched last, or the one that --name gives",
    }),
    json: flags.flag({ help: "Print the result as JSON" }),
  },
  async run({ resume, json, ...given }, context) {
    const { progress, signal, write } = context;
    const { folder, config } = await (resume ? proceed : begin)(given);
    const output = { kind: "folder", path: folder.path } as const;
    await withLocks([output], "deepgrain start", async (assertOutputs) => {
      const metrics = metricsLog(folder.metrics);
      const parts = { folder, config: await config(), progress, metrics, signal, assertOutputs };
      const { name, threads } = getBackend();
      progress.title(
        `deepgrain · run "${folder.name}" · ${name} on ${threads} thread${threads > 1 ? "s" : ""}`,
      );
      const results = await runJob(createJob(parts)).catch((error) => {
        if (signal.aborted)
          progress.finish(`Stopped. Go on with: npm start -- --resume --name ${folder.name}`);
        throw error;
      });
      await assertOutputs();
      progress.finish(summary(results as Required<JobResults>));
      if (json)
        write(`${JSON.stringify({ run: folder.path, report: folder.report, ...results })}\n`);
      else write(`${folder.report}\n`);
    });
  },
});
