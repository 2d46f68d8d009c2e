/**
 * @file Runs small inputs that were made to do harm, one after another in a child process with a limit on memory. A case that
 * has not ended after a minute is hung: a slow processor alone fails none. A package lists its cases in
 * `test/hostile/cases.ts`; its sources are bundled, so that nothing has to be built before.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

/** One hostile input. */
export interface HostileCase {
  name: string;
  /** The code of the error that must come, or `"result"` where the input is right and only large. */
  expects: `ERR_${string}` | "result";
  /** @param folder an empty folder of its own */
  run(folder: string): unknown;
}

/** How a case ended. */
export interface Outcome {
  /** `result`, the code of a typed error, or what went wrong: `untyped`, `killed` or `died`. */
  outcome: string;
  message: string;
}

const HUNG_SECONDS = 60;
const MEGABYTES = 1024;

/** The resources that a running case has used so far. */
export interface Usage {
  /** Seconds of processor time. */
  cpu: number;
  /** Seconds since its processor time last grew: the call waits for something. */
  idle: number;
  /** Resident megabytes. */
  memory: number;
}

/** Why a case is ended, undefined while it may go on. What other processes do to the machine counts for nothing. */
export const excess = ({ cpu, idle, memory }: Usage): string | undefined =>
  [
    cpu > HUNG_SECONDS && `hung: ${HUNG_SECONDS} s of processor time`,
    idle > HUNG_SECONDS && `hung: ${HUNG_SECONDS} s without doing anything`,
    memory > MEGABYTES && `took more than ${MEGABYTES} MB`,
  ].find((reason) => reason !== false);

/** Reads cases as they are asked for and answers how they ended. A package's error bears its class's mark. */
const driver = `
const marksOf = (value) =>
  value === null ? [] : [...Object.getOwnPropertySymbols(value), ...marksOf(Object.getPrototypeOf(value))];
const isMarked = (error) => marksOf(error).some((mark) => /^deepgrain\\..+\\.error$/.test(Symbol.keyFor(mark) ?? ""));
process.on("message", async ({ index, folder }) => {
  try {
    await cases[index].run(folder);
    process.send({ outcome: "result", message: "" });
  } catch (error) {
    const isTyped = error instanceof Error && typeof error.code === "string" && /^ERR_[A-Z_]+$/.test(error.code)
      && isMarked(error);
    process.send({ outcome: isTyped ? error.code : "untyped", message: String(error?.message ?? error) });
  }
});
process.send({ outcome: "ready", message: "" });
`;

async function bundle(casesFile: string, target: string): Promise<void> {
  await build({
    stdin: {
      contents: `import { cases } from ${JSON.stringify(casesFile)};\n${driver}`,
      resolveDir: process.cwd(),
    },
    bundle: true,
    platform: "node",
    format: "esm",
    conditions: ["@deepgrain/source"],
    outfile: target,
    logLevel: "error",
    banner: {
      js: 'import { createRequire as makeRequire } from "node:module"; const require = makeRequire(import.meta.url);',
    },
  });
}

/** Processor seconds and resident megabytes of a process; undefined where the system does not say. */
function usage(pid: number): { cpu: number; memory: number } | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /, "")
      .split(" ");
    return {
      cpu: (Number(fields[11]) + Number(fields[12])) / 100, // ticks of 10 ms
      memory: (Number(fields[21]) * 4096) / 2 ** 20, // pages
    };
  } catch {
    return undefined;
  }
}

/** Runs cases one after another; each ends, or is ended. */
export interface CaseRunner {
  /** @param folder an empty folder of the case's own */
  run(index: number, folder: string): Promise<Outcome>;
  stop(): void;
}

/**
 * A child process that runs cases, started anew after one that had to be killed.
 * @param bundled a program that sends a message when it is ready, and answers `{ index, folder }` with an `Outcome`
 */
export function caseRunner(bundled: () => string): CaseRunner {
  let child: ChildProcess | undefined;
  const start = async (): Promise<ChildProcess> => {
    const args = [`--max-old-space-size=${MEGABYTES}`, bundled()];
    const started = spawn(process.execPath, args, {
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    await new Promise((resolve, reject) => started.once("message", resolve).once("exit", reject));
    return started;
  };
  const stop = () => {
    child?.kill("SIGKILL");
    child = undefined;
  };
  return {
    stop,
    async run(index: number, folder: string): Promise<Outcome> {
      child ??= await start();
      const running = child;
      const before = usage(running.pid!)?.cpu ?? 0;
      const begun = Date.now();
      let [lastCpu, lastTick] = [before, begun];
      return new Promise((resolve) => {
        const end = (outcome: Outcome, isDead: boolean) => {
          clearInterval(watch);
          running.removeAllListeners();
          if (isDead) stop();
          resolve(outcome);
        };
        const watch = setInterval(() => {
          const now = usage(running.pid!) ?? { cpu: (Date.now() - begun) / 1000, memory: 0 };
          if (now.cpu > lastCpu) [lastCpu, lastTick] = [now.cpu, Date.now()];
          const reason = excess({
            cpu: now.cpu - before,
            idle: (Date.now() - lastTick) / 1000,
            memory: now.memory,
          });
          if (reason) end({ outcome: "killed", message: reason }, true);
        }, 50);
        running.once("message", (outcome: Outcome) => end(outcome, false));
        running.once("exit", (code) => end({ outcome: "died", message: `exit ${code}` }, true));
        running.send({ index, folder });
      });
    },
  };
}

/**
 * Declares one test for each case: it must end as it says, within 1 GB and before it counts as hung.
 *
 * @param cases what `casesFile` exports as `cases`
 * @param casesFile `new URL("./cases.ts", import.meta.url)`
 */
export function describeHostile(cases: readonly HostileCase[], casesFile: URL): void {
  describe("hostile inputs", () => {
    const folder = mkdtempSync(join(tmpdir(), "deepgrain-hostile-"));
    // Inside the package, so that what is not bundled resolves.
    const results = join(process.cwd(), ".vitest");
    const bundled = join(results, `hostile-${basename(casesFile.pathname, ".ts")}.mjs`);
    const runner = caseRunner(() => bundled);

    beforeAll(async () => {
      mkdirSync(results, { recursive: true });
      writeFileSync(bundled, "");
      await bundle(fileURLToPath(casesFile), bundled);
    });
    afterAll(() => {
      runner.stop();
      rmSync(folder, { recursive: true, force: true });
      rmSync(bundled, { force: true });
    });

    it.each(cases.map(({ name, expects }, index) => [name, expects, index] as const))(
      "end: %s gives %s",
      async (_, expects, index) => {
        const own = join(folder, String(index));
        mkdirSync(own);
        const { outcome, message } = await runner.run(index, own);
        expect(outcome, message).toBe(expects);
      },
    );
  });
}
