import { existsSync } from "node:fs";
import { compilerLanguages } from "@deepgrain/datasets";
import { getBackend } from "@deepgrain/tensor-gpu";
import type { CliContext } from "../cli/context";
import { defineCliCommand } from "../cli/define-command";
import { numberFlag } from "../cli/number-flag";
import { UsageError } from "../cli/usage-error";
import { readJson } from "../formats/read-json";
import { saveJson } from "../formats/save-file";
import { duration } from "../job/duration";
import { createJob } from "../job/job";
import { type JobConfig, jobConfig, jobConfigSchema, overridesSchema } from "../job/job-config";
import { type JobResults, lastStage, runJob } from "../job/run-job";
import { withLocks } from "../store/locks";
import { metricsLog } from "../store/metrics-log";
import { createRun, findRun, type RunFolder } from "../store/run-folder";

interface Flags {
  quick?: boolean | undefined;
  resume?: boolean | undefined;
  name?: string | undefined;
  seed?: string | undefined;
  language?: string | undefined;
  config?: string | undefined;
  runs: string;
}

/** The configuration that the flags ask for. */
async function requested(flags: Flags, { resolve }: CliContext): Promise<JobConfig> {
  const preset = flags.quick ? "quick" : "default";
  const overrides =
    flags.config === undefined ? {} : await readJson(resolve(flags.config), overridesSchema);
  const language = compilerLanguages.find((code) => code === flags.language);
  if (flags.language !== undefined && !language)
    throw new UsageError(`--language must be one of ${compilerLanguages.join(", ")}`);
  return jobConfig(preset, numberFlag("seed", flags.seed) ?? 1, {
    ...overrides,
    ...(language && { task: { ...overrides.task, language } }),
  });
}

/** Where a run lies, and how to get its configuration once the folder is locked. */
interface Begun {
  folder: RunFolder;
  config(): Promise<JobConfig>;
}

/** A new run from the flags. */
async function begin(flags: Flags, context: CliContext): Promise<Begun> {
  const config = await requested(flags, context);
  const stem = flags.quick ? "quick" : "main";
  const folder = await createRun(context.resolve(flags.runs), flags.name, stem);
  return {
    folder,
    async config() {
      if (existsSync(folder.config)) throw new UsageError(`run "${folder.name}" exists`); // just now
      await saveJson(folder.config, config);
      return config;
    },
  };
}

/** A run that was begun earlier, with the configuration it was begun with. */
async function proceed(flags: Flags, { resolve }: CliContext): Promise<Begun> {
  for (const flag of ["quick", "seed", "language", "config"] as const)
    if (flags[flag] !== undefined && flags[flag] !== false)
      throw new UsageError(`--${flag} cannot be changed in a run that is resumed`);
  const folder = await findRun(resolve(flags.runs), flags.name, lastStage);
  return { folder, config: () => readJson(folder.config, jobConfigSchema) };
}

const percent = (share: number) => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;

/** The result in three lines. */
function summary({ pretrain, scores, esft, full }: Required<JobResults>): string {
  const { validationLoss, unigramEntropy, seconds } = pretrain!;
  const line = (
    name: string,
    { taskLoss, englishLoss }: { taskLoss: number; englishLoss: number },
  ) => `${name}: task loss ${taskLoss.toFixed(3)}, English loss ${englishLoss.toFixed(3)}`;
  const share = percent(esft!.trainedParameters / full!.trainedParameters);
  return [
    `validation loss ${validationLoss.toFixed(3)} nats after ${duration(seconds)}; unigram entropy of the text ${unigramEntropy.toFixed(3)}`,
    line("before fine-tuning", scores!.base),
    `${line("chosen experts only", esft!)}, ${share} of the weights trained`,
    line("all weights", full!),
  ].join("\n");
}

export const start = defineCliCommand({
  name: "start",
  description:
    "Trains a mixture-of-experts language model on English, specialises it by expert-specific fine-tuning, and writes a report.",
  examples: [
    "start",
    "start --quick",
    "start --resume   # goes on where Ctrl-C or a crash stopped it",
    "start --name french --language fr --seed 7",
  ],
  args: {
    quick: { type: "boolean", description: "A smaller run, within a minute on two cores" },
    resume: {
      type: "boolean",
      description: "Go on with the unfinished run that was touched last, or with --name's",
    },
    name: { type: "string", description: "Name of the run's folder. Default main, main-2, …" },
    seed: { type: "string", description: "Same seed, same result. Default 1" },
    language: {
      type: "string",
      valueHint: "code",
      description: "Language of the translation task. Default de",
    },
    config: {
      type: "string",
      valueHint: "file",
      description: "JSON that replaces fields of the preset; see any run's config.json",
    },
    runs: { type: "string", default: "runs", valueHint: "dir", description: "Where runs lie" },
    json: { type: "boolean", description: "The result as JSON" },
  },
  async run(args, context) {
    const { progress, signal, write } = context;
    const { folder, config } = await (args.resume ? proceed : begin)(args, context);
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
      if (args.json)
        write(`${JSON.stringify({ run: folder.path, report: folder.report, ...results })}\n`);
      else write(`${folder.report}\n`);
    });
  },
});
