import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { beforeAll, expect, it } from "vitest";
import { buildForTest } from "../build-for-test";
import { killCommands } from "../support/kill-commands";

let main: string;
beforeAll(async () => {
  main = await buildForTest();
  return () => rm(dirname(main), { recursive: true, force: true });
});

it("goes on when nobody reads standard error any more, as with 2>&1 | head", async () => {
  const cwd = await temporaryFolder();
  const command = killCommands.find(({ name }) => name === "pretrain")!;
  await command.prepare(cwd);
  const child = spawn(process.execPath, [main, ...command.args(cwd, "run")], {
    env: { ...process.env, INIT_CWD: cwd },
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.stderr.destroy(); // the first word already meets a closed pipe
  child.stdout.destroy();
  const [code] = await once(child, "exit");
  expect(code).toBe(0);
  expect(existsSync(join(cwd, "run", "model.safetensors"))).toBe(true);
});
