import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { buildWorker } from "@deepgrain/vitest/sandbox-worker";
import { shared, sharedIsMissing } from "@deepgrain/vitest/shared";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { evaluateTasks, readTasks, type Task } from "../../src";
import { createSandbox, type Sandbox } from "../../src/sandbox";

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = createSandbox({ worker: await buildWorker() });
});
afterAll(() => sandbox.dispose());

/** Ids of the tasks that pass. */
async function passing(
  tasks: readonly Task[],
  completion: (task: Task) => string,
): Promise<string[]> {
  const passed: string[] = [];
  const complete = async (_: string, { task }: { task: Task }) => [completion(task)];
  for await (const event of evaluateTasks(tasks, complete, sandbox))
    if (event.type === "sample-end" && event.row.passed) passed.push(event.row.task_id);
  return passed;
}

describe.skipIf(sharedIsMissing)("HumanEval-X in JavaScript", () => {
  const tasks = () =>
    readTasks(
      gunzipSync(readFileSync(shared("golden/coder/humaneval-x-js.jsonl.gz"))).toString("utf8"),
    );

  it("is passed by its references but for the three that are wrong or need a module", async () => {
    const all = tasks();
    expect(all).toHaveLength(164);
    const passed = new Set(await passing(all, ({ reference }) => reference!));
    expect(all.map(({ id }) => id).filter((id) => !passed.has(id))).toEqual([
      "JavaScript/112",
      "JavaScript/155",
      "JavaScript/162",
    ]);
  });

  it("is passed by no empty body", async () => {
    expect(await passing(tasks(), () => "}\n")).toEqual([]);
  });
});
