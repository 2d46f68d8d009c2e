/** @file What a task is answered from the cache for: turbo's hash must take in every file that its tests read. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("../../..", import.meta.url));

interface Task {
  taskId: string;
  inputs: Record<string, string>;
}

/** The inputs of a workspace's task as turbo resolves them: hashes as of git, by path from the workspace. */
function inputsOf(workspace: string, task: string): Record<string, string> {
  const args = ["run", task, `--filter=${workspace}`, "--dry=json"];
  const text = execFileSync(join(root, "node_modules/.bin/turbo"), args, {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1" },
    stdio: ["ignore", "pipe", "ignore"],
  });
  const { tasks } = JSON.parse(text) as { tasks: Task[] };
  return tasks.find(({ taskId }) => taskId === `${workspace}#${task}`)!.inputs;
}

/** The hash that git gives a file's content. */
function blobHash(path: string): string {
  const bytes = readFileSync(path);
  return createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}

it("every guide's text is part of the hash of the tests that run the guides", () => {
  const inputs = inputsOf("@deepgrain/examples", "test");
  const guides = readdirSync(join(root, "docs/guides"));
  expect(guides.length).toBeGreaterThan(5);
  for (const name of guides)
    expect(inputs[`../../docs/guides/${name}`], name).toBe(
      blobHash(join(root, "docs/guides", name)),
    );
});

it("slow tests are no part of the hash of the others", () => {
  const slow = (task: string) =>
    Object.keys(inputsOf("@deepgrain/lab", task)).filter((path) => path.startsWith("test/slow/"));
  expect(slow("test")).toEqual([]);
  expect(slow("test:slow")).not.toEqual([]);
});
