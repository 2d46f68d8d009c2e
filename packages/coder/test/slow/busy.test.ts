import { Worker } from "node:worker_threads";
import { buildWorker } from "@deepgrain/vitest/sandbox-worker";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createSandbox, type Sandbox } from "../../src/sandbox";
import type { Limits } from "../../src/sandbox/limits";
import {
  cheating,
  endless,
  flooding,
  type HostileProgram,
  reaching,
  unusual,
} from "../sandbox/support/hostile-programs";

/** No clock decides here. */
const PATIENCE_MS = 240_000;
let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = createSandbox({ worker: await buildWorker(), limits: { killMs: PATIENCE_MS } });
});
afterAll(() => sandbox.dispose());

const tests = [{ call: "add", arguments: [1, 2], equals: 3 }];

async function verdicts(programs: readonly HostileProgram[], limits: Limits): Promise<string[]> {
  const found: string[] = [];
  for (const { name, code, tests: own = tests } of programs) {
    const { verdict } = await sandbox.test({ language: "JavaScript", code }, own, limits);
    found.push(`${name}: ${verdict}`);
  }
  return found;
}

/** While two busy threads hold the cores. */
async function besideBusyThreads<T>(work: () => Promise<T>): Promise<T> {
  const busy = [1, 2].map(() => new Worker("for (;;);", { eval: true }));
  try {
    return await work();
  } finally {
    await Promise.all(busy.map((worker) => worker.terminate()));
  }
}

it("gives every program the same verdict while two busy threads hold the cores", async () => {
  const programs = [...endless, ...cheating, ...reaching, ...unusual];
  expect(programs.length).toBeGreaterThan(43);
  const limits = { instructions: 20_000_000, memoryBytes: 2 ** 24 };
  const judged = () => verdicts(programs, limits);
  const alone = await judged();
  expect(await besideBusyThreads(judged)).toEqual(alone);
});

it.each([2 ** 26, 2 ** 25])(
  "finds that floods need more than %i bytes, alone and beside two busy threads",
  async (memoryBytes) => {
    const judged = () => verdicts(flooding, { memoryBytes });
    const expected = flooding.map(({ name }) => `${name}: memory`);
    expect(await judged()).toEqual(expected);
    expect(await besideBusyThreads(judged)).toEqual(expected);
  },
);
