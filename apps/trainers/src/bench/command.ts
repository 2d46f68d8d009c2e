import { backendNames } from "@deepgrain/bench/backend-names";
import { defineCommand } from "@deepgrain/command-line/commands/define-command";
import * as flags from "@deepgrain/command-line/flags/flags";

export const bench = defineCommand({
  description:
    "Measures this machine's backends: peak, matrix products and training steps of small models.",
  examples: [
    "bench",
    "bench --backend wasm,blas --threads 2",
    "bench --seconds 2 --out bench.json",
    "bench --threads 1,2,4,8   # how products, a training step, a token and a prompt scale",
  ],
  flags: {
    backend: flags.names(backendNames, {
      help: `Backends, separated by commas; all of ${backendNames.join(",")} by default`,
    }),
    threads: flags.numbers({
      whole: true,
      min: 1,
      max: 64,
      help: "Number of threads to measure besides one, by default as many as other commands use; several numbers, separated by commas, to see how work scales with them and where its time goes, by default on wasm",
    }),
    seconds: flags.real({ min: 0.001, max: 600, default: 0.4, help: "Seconds per measurement" }),
    quick: flags.flag({ help: "Use tiny models, where overhead matters most" }),
    out: flags.outFile({ help: "File to write the measurements to, as JSON" }),
    json: flags.flag({ help: "Print the measurements as JSON" }),
  },
  async run({ backend, threads, seconds, quick, out, json }, context) {
    const { benchSizes, defaultThreads, runBench } = await import("@deepgrain/bench/machine");
    const task = context.progress.task("measuring");
    const plan = {
      backends: backend ?? ((threads?.length ?? 0) > 1 ? (["wasm"] as const) : backendNames),
      isAskedFor: backend !== undefined,
      threads: threads ?? [await defaultThreads()],
      seconds,
      sizes: quick ? benchSizes.quick : benchSizes.full,
    };
    const result = await runBench(plan, {
      signal: context.signal,
      onMeasure: (done, what) => task.update(done, what),
    });
    task.end(`${result.gemm.length + result.steps.length + result.scaling.length} measurements`);
    if (out !== undefined) await out.saveJson(result);
    if (json) return context.write(`${JSON.stringify(result)}\n`);
    const { benchTable } = await import("./bench-table");
    context.write(benchTable(result, context));
  },
});
