import { readFile, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { afterEach, beforeAll, expect, it, vi } from "vitest";
import { buildForTest } from "../build-for-test";
import { runProgram } from "../support/program";
import { tinyMixture } from "../support/tiny-mixture-config";

let main: string;
beforeAll(async () => {
  main = await buildForTest();
});
afterEach(() => vi.unstubAllEnvs());

/** A folder with a text and the configuration of a tiny model. */
async function library(): Promise<string> {
  const cwd = await temporaryFolder();
  const text = Array.from({ length: 4000 }, (_, i) => `the number ${i} is not ${i + 1};`).join(" ");
  await writeFile(join(cwd, "text.txt"), text);
  await writeFile(join(cwd, "config.json"), JSON.stringify(tinyMixture));
  return cwd;
}

const run = async (cwd: string, line: string) => {
  const ended = await runProgram(main, line.split(" "), { cwd });
  expect(ended.code, ended.err).toBe(0);
};
const threadsOf = async (folder: string): Promise<number> =>
  JSON.parse(await readFile(join(folder, "run.json"), "utf8")).threads;

it("a run's record has the threads of its engine, and its weights do not depend on them", async () => {
  const cwd = await library();
  vi.stubEnv("DEEPGRAIN_THREADS", undefined);
  const steps = "--steps 3 --batch-size 2 --sequence-length 16";
  const pretrain = `pretrain --data text.txt --model-config config.json --vocab-size 270 ${steps}`;
  await run(cwd, `${pretrain} --threads 3 --out flag`);
  await run(cwd, `${pretrain} --out usual`);
  vi.stubEnv("DEEPGRAIN_THREADS", "3");
  await run(cwd, `${pretrain} --out variable`);
  expect(await threadsOf(join(cwd, "flag"))).toBe(3);
  expect(await threadsOf(join(cwd, "variable"))).toBe(3);
  expect(await threadsOf(join(cwd, "usual"))).toBe(Math.min(availableParallelism(), 8));
  const weights = (out: string) => readFile(join(cwd, out, "model.safetensors"));
  expect(await weights("flag")).toEqual(await weights("usual"));
  await run(cwd, "pretrain --out flag --resume --steps 4 --threads 1");
  expect(await threadsOf(join(cwd, "flag"))).toBe(1);
});
