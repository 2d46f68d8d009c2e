import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { buildForTest } from "../build-for-test";
import { type KillCommand, killCommands } from "../support/kill-commands";
import { filesIn, runProgram } from "../support/program";

let main: string;
beforeAll(async () => {
  main = await buildForTest();
  return () => rm(dirname(main), { recursive: true, force: true });
});

const command = (name: string) => killCommands.find((one) => one.name === name)!;
const trainings = ["pretrain", "esft train", "start"].map(command);

async function prepared({ prepare }: KillCommand): Promise<string> {
  const cwd = await temporaryFolder();
  await prepare(cwd);
  return cwd;
}

/** Nothing half-written: no temporary name, and every JSON file can be read. */
async function expectWhole(folder: string): Promise<void> {
  for (const name of existsSync(folder) ? await filesIn(folder) : []) {
    expect(name).not.toMatch(/\.(tmp|old|gone|lock)$/);
    if (name.endsWith(".json")) JSON.parse(await readFile(join(folder, name), "utf8"));
  }
}

describe.each([
  ["ENOSPC", "no space left on the device"],
  ["EROFS", "the file system is read-only"],
])("%s", (kind, reason) => {
  it.each(trainings)(
    "in the middle of $name: says why, and leaves no part of a file",
    async (one) => {
      const cwd = await prepared(one);
      const { calls } = await runProgram(main, one.args(cwd, "whole"), { cwd });
      for (const share of one.name === "start" ? [0.4] : [0, 0.4, 0.8]) {
        const out = `out-${share}`;
        const fault = { at: 1 + Math.floor(share * calls), kind };
        const { code, err } = await runProgram(main, one.args(cwd, out), { cwd, fault });
        expect({ code, err }).toEqual({
          code: 1,
          err: expect.stringContaining(`${reason} (${kind})`),
        });
        if (kind === "ENOSPC") await expectWhole(join(cwd, out));
      }
    },
  );
});

/** A file system in memory of so many bytes; undefined where it cannot be made. */
function smallDisk(path: string, bytes: number): boolean {
  const size = `size=${bytes}`;
  const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", size, "tmpfs", path]);
  if (status === 0) onTestFinished(() => void spawnSync("umount", [path]));
  return status === 0;
}

describe("a full disk", () => {
  const [pretrain] = trainings as [KillCommand];

  it("ends pretrain with the reason and without a partial file, and the run goes on with more room", async (test) => {
    const cwd = await prepared(pretrain);
    await mkdir(join(cwd, "disk"));
    await runProgram(main, pretrain.args(cwd, "whole"), { cwd });
    const checkpoint = join(cwd, "whole", "checkpoints", "step-000009");
    const sizes = (await filesIn(checkpoint)).map(
      async (name) => (await readFile(join(checkpoint, name))).length,
    );
    const bytes = (await Promise.all(sizes)).reduce((sum, n) => sum + n, 0);
    if (!smallDisk(join(cwd, "disk"), Math.ceil(1.6 * bytes) + 40_960)) return test.skip();
    const pretraining = () => pretrain.args(cwd, "disk/out"); // with --resume where a run has begun
    const full = await runProgram(main, pretraining(), { cwd });
    expect(full).toMatchObject({ code: 1, out: "" });
    expect(full.err).toContain("no space left on the device (ENOSPC)");
    await expectWhole(join(cwd, "disk", "out"));
    spawnSync("mount", ["-o", `remount,size=${20 * bytes}`, join(cwd, "disk")]);
    expect(await runProgram(main, pretraining(), { cwd })).toMatchObject({ code: 0 });
    const weights = (out: string) => readFile(join(cwd, out, "model.safetensors"));
    expect(await weights("disk/out")).toEqual(await weights("whole"));
  });
});

describe("an output folder that is deleted meanwhile", () => {
  it.each(trainings)("ends $name with an error that says so", async (one) => {
    const cwd = await prepared(one);
    const args = one.args(cwd, "out").map((arg) => (/^(9|12)$/.test(arg) ? "100000" : arg));
    if (one.name === "start") {
      const long = (await readFile(join(cwd, "tiny.json"), "utf8")).replace(
        '"steps":12',
        '"steps":9999',
      );
      await writeFile(join(cwd, "tiny.json"), long);
    }
    const child = spawn(process.execPath, [main, ...args], {
      env: { ...process.env, INIT_CWD: cwd },
    });
    let err = "";
    child.stderr.on("data", (chunk) => {
      err += chunk;
    });
    const ended = once(child, "close");
    const isTraining = async () => {
      const names = await readdir(join(cwd, "out", "checkpoints"), { recursive: true }).catch(
        () => [],
      );
      return names.some((name) => /step-\d+$/.test(name));
    };
    while (!(await isTraining())) await new Promise((done) => setTimeout(done, 5));
    await rm(join(cwd, "out"), { recursive: true, force: true, maxRetries: 20, retryDelay: 5 });
    expect(await ended).toEqual([1, null]);
    expect(err).toMatch(/out\/(\.lock: the lock was deleted meanwhile|.*does not exist)/);
  });
});
