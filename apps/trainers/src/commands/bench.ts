import { defineCliCommand } from "../cli/define-command";
import { numberFlag } from "../cli/number-flag";
import { UsageError } from "../cli/usage-error";
import { saveJson } from "../formats/save-file";
import { benchSizes } from "./bench/bench-sizes";
import { benchTable } from "./bench/bench-table";
import { type BackendName, backendNames, defaultThreads } from "./bench/find-backends";
import { runBench } from "./bench/run-bench";

/** The back ends of a comma-separated list. */
function readBackends(value: string | undefined): readonly BackendName[] {
  if (value === undefined) return backendNames;
  const names = value.split(",").map((name) => name.trim());
  const unknown = names.find((name) => !backendNames.some((known) => known === name));
  if (unknown !== undefined)
    throw new UsageError(`--backend may name ${backendNames.join(", ")}, got "${unknown}"`);
  return backendNames.filter((name) => names.includes(name));
}

export const bench = defineCliCommand({
  name: "bench",
  description:
    "Measures this machine's back ends: peak, matrix products and training steps of small models.",
  examples: [
    "bench",
    "bench --backend wasm,blas --threads 2",
    "bench --seconds 2 --json bench.json",
  ],
  args: {
    backend: {
      type: "string",
      valueHint: "list",
      description: `Which, separated by commas. Default all: ${backendNames.join(",")}`,
    },
    threads: {
      type: "string",
      description: "Measured besides one thread. Default the number of cores, at most 4",
    },
    seconds: { type: "string", default: "0.4", description: "Of each measurement" },
    quick: { type: "boolean", description: "Tiny models, in which overhead weighs most" },
    json: {
      type: "string",
      valueHint: "file",
      writes: "file",
      description: "Writes the measurements there too",
    },
  },
  async run(args, context) {
    const plan = {
      backends: readBackends(args.backend),
      isAskedFor: args.backend !== undefined,
      threads: numberFlag("threads", args.threads, { min: 1, max: 64 }) ?? defaultThreads(),
      seconds: numberFlag("seconds", args.seconds, { min: 0.001, max: 600, whole: false })!,
      sizes: args.quick ? benchSizes.quick : benchSizes.full,
    };
    const result = await runBench(plan, context);
    if (args.json !== undefined) await saveJson(context.resolve(args.json), result);
    context.write(benchTable(result));
  },
});
