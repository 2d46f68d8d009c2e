import { tmpdir } from "node:os";
import { join } from "node:path";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import { disk, makeFolder } from "@deepgrain/support/files";
import { outputFile, STANDARD } from "../files/output-file";
import type { Flags } from "../flags/flag";
import { checkClaim } from "../runs/claim-folder";
import { duration } from "../terminal/duration";
import type { CliContext, CommandContext, CommandResult, DryRun } from "./context";

/** Steps that are taken; the first, in which kernels are prepared, does not count where there are others. */
const MEASURED_STEPS = 4;
/** After two steps, slow ones are enough, too. */
const ENOUGH_SECONDS = 20;

/** The steps that were taken, and the end that {@link DryRun.step} throws. */
interface Measured {
  readonly end: Error;
  plan: { steps: number; unit: string } | undefined;
  seconds: number[];
}

function watch(measured: Measured, folder: string, onBegin: () => void): DryRun {
  let last = 0;
  return {
    folder,
    begin(steps, unit = "step") {
      measured.plan ??= { steps, unit };
      onBegin();
      last = performance.now();
    },
    step() {
      const now = performance.now();
      measured.seconds.push((now - last) / 1000);
      last = now;
      const { length: taken } = measured.seconds;
      const spent = measured.seconds.reduce((sum, took) => sum + took, 0);
      const most = Math.min(MEASURED_STEPS, measured.plan?.steps ?? MEASURED_STEPS);
      if (taken >= most || (taken >= 2 && spent > ENOUGH_SECONDS)) throw measured.end;
    },
  };
}

type Given = Readonly<Record<string, unknown>>;

/** The values with every output in a folder, and which place each of its paths stands for. */
function redirected(flags: Flags, values: Given, folder: string) {
  const places = new Map<string, string>();
  const moved: Record<string, unknown> = { ...values };
  for (const [name, { writes }] of Object.entries(flags)) {
    const value = values[name] as string | { path: string } | undefined;
    const path = typeof value === "object" ? value.path : value;
    if (writes === undefined || path === undefined || path === STANDARD) continue;
    const own = join(folder, name);
    places.set(own, path);
    moved[name] = writes === "file" ? outputFile(own) : own;
  }
  return { moved, places };
}

/** The findings of a dry run. */
interface Report {
  memoryBytes: number;
  processBytes: number;
  steps: number;
  secondsPerStep: number;
  seconds: number;
}

const size = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;

const textOf = (report: Report, unit: string): string =>
  [
    `Dry run: nothing is written. Measured in the first ${unit}s of the training:`,
    `memory: ${size(report.memoryBytes)} of tensors at the peak, ${size(report.processBytes)} of the process`,
    `${unit}s: ${report.steps}`,
    `time per ${unit}: ${report.secondsPerStep.toPrecision(3)} s, for all about ${duration(report.seconds)} without evaluations`,
    "",
  ].join("\n");

/** @throws {UsageError} where the command took no step */
function reportOf({ plan, seconds }: Measured, memoryBytes: number): Report {
  if (plan === undefined || seconds.length === 0)
    throw new UsageError("--dry-run: this call trains nothing");
  const counted = (seconds.length > 1 ? seconds.slice(1) : seconds).sort((a, b) => a - b);
  const secondsPerStep = counted[Math.floor(counted.length / 2)]!;
  return {
    memoryBytes,
    processBytes: 1024 * process.resourceUsage().maxRSS,
    steps: plan.steps,
    secondsPerStep,
    seconds: plan.steps * secondsPerStep,
  };
}

/**
 * Runs the first steps of a training with its outputs in a temporary folder, which is deleted, and prints memory, steps and
 * time per step. Folders are checked as the training itself would, and neither locked nor changed.
 *
 * @throws {UsageError} and others as the training; {UsageError} where it trains nothing
 */
export async function runDry(
  flags: Flags,
  values: Given,
  cli: CliContext,
  run: (values: Given, context: CommandContext) => Promise<CommandResult>,
): Promise<void> {
  const { peakMemory } = await import("@deepgrain/tensor-gpu"); // with the engine, which help does without
  const folder = await disk.mkdtemp(join(tmpdir(), "deepgrain-"));
  const measured: Measured = {
    end: new Error("the dry run is over"),
    plan: undefined,
    seconds: [],
  };
  const call = { flagNames: Object.keys(flags) };
  const { moved, places } = redirected(flags, values, folder);
  const context: CommandContext = {
    ...cli,
    write: () => undefined,
    assertOutputs: async () => undefined,
    async claim(path, options) {
      await checkClaim(places.get(path) ?? path, options, call);
      await makeFolder(path);
      return { begin: () => undefined, abandon: async () => undefined, isKept: () => false };
    },
    reached: () => undefined,
    dryRun: watch(measured, folder, () => void peakMemory({ reset: true })),
  };
  try {
    await run(moved, context).catch((error: unknown) => {
      if (error !== measured.end) throw error;
    });
    cli.progress.close();
    const report = reportOf(measured, peakMemory());
    const isJson = values.json === true;
    cli.write(isJson ? `${JSON.stringify(report)}\n` : textOf(report, measured.plan!.unit));
  } finally {
    await disk.rmTree(folder);
  }
}
