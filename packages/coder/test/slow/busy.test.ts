import { Worker } from "node:worker_threads";
import { buildWorker } from "@deepgrain/vitest/sandbox-worker";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createSandbox, type Sandbox } from "../../src/sandbox";
import { cheating, endless, reaching, unusual } from "../sandbox/support/hostile-programs";

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = createSandbox({
    worker: await buildWorker(),
    limits: { instructions: 20_000_000, memoryBytes: 2 ** 24 },
  });
});
afterAll(() => sandbox.dispose());

const tests = [{ call: "add", arguments: [1, 2], equals: 3 }];

async function verdicts(): Promise<string[]> {
  const found: string[] = [];
  for (const { name, code, tests: own = tests } of [
    ...endless,
    ...cheating,
    ...reaching,
    ...unusual,
  ])
    found.push(`${name}: ${(await sandbox.test({ language: "JavaScript", code }, own)).verdict}`);
  return found;
}

it("gives every program the same verdict while two busy threads hold the cores", async () => {
  const alone = await verdicts();
  expect(alone.length).toBeGreaterThan(43);
  const busy = [1, 2].map(() => new Worker("for (;;);", { eval: true }));
  try {
    expect(await verdicts()).toEqual(alone);
  } finally {
    await Promise.all(busy.map((worker) => worker.terminate()));
  }
});
