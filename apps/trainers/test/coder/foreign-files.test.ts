import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { expect, it } from "vitest";
import { rolloutFile } from "../../src/coder/rollout-file";
import { openTasks } from "../../src/coder/task-file";

const fileOf = async (name: string, content: string | Uint8Array) => {
  const path = join(await temporaryFolder(), name);
  await writeFile(path, content);
  return path;
};

it.each([
  ["is no gzip file", new TextEncoder().encode("[]")],
  ["is no gzip file", gzipSync("[]").subarray(0, 12)],
  ["has more than 268435456 bytes", gzipSync(new Uint8Array(2 ** 28 + 1), { level: 1 })],
])("says of packed tasks that the file %s", async (message, bytes) => {
  const tasks = await fileOf("tasks.jsonl.gz", bytes);
  await expect(openTasks({ tasks, language: undefined })).rejects.toMatchObject({
    name: "FormatError",
    message: expect.stringContaining(message),
  });
});

it.each(["null\n", '{"round":\n', '{"round":"1"}\n'])(
  "refuses a file of rollouts with another line: %j",
  async (text) => {
    const path = await fileOf("rollouts.jsonl", text);
    await expect(rolloutFile(path).rewind(1)).rejects.toMatchObject({ name: "FormatError" });
  },
);
