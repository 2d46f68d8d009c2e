import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createRandom } from "@deepgrain/lm";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildForTest } from "../build-for-test";
import { killAgain, undisturbed } from "../support/kill-again";
import { killCommands } from "../support/kill-commands";
import { appFolder } from "../support/program";

/** Kills of each command in all. */
const KILLS = 20;

/** Kills of one run, at most. */
const KILLS_PER_RUN = 5;

/** The finished part; deleting the folder begins anew. */
const progressFolder = join(appFolder, ".long-test");

interface Progress {
  runs: number;
  kills: number;
}

const fileOf = (name: string) => join(progressFolder, `kills-${name.replaceAll(" ", "-")}.json`);

const progressOf = (name: string): Promise<Progress> =>
  readFile(fileOf(name), "utf8").then(JSON.parse, () => ({ runs: 0, kills: 0 }));

let main: string;
beforeAll(async () => {
  await mkdir(progressFolder, { recursive: true });
  main = await buildForTest();
  return () => rm(dirname(main), { recursive: true, force: true });
});

afterAll(async () => {
  for (const { name } of killCommands) {
    const { runs, kills } = await progressOf(name);
    console.log(`${name}: ${kills} kills in ${runs} runs, all equal to the undisturbed run`);
  }
});

describe("kill -9 between and within writes, then resuming", () => {
  it.each(killCommands)("comes to the undisturbed result: $name", async (command) => {
    let { runs, kills } = await progressOf(command.name);
    if (kills >= KILLS) return expect(kills).toBe(KILLS);
    const cwd = await temporaryFolder();
    const whole = await undisturbed(main, command, cwd);
    while (kills < KILLS) {
      const random = createRandom([97, runs]).next;
      const wanted = Math.min(KILLS_PER_RUN, KILLS - kills);
      const options = { cwd, out: `killed-${runs}`, kills: wanted, random };
      kills += await killAgain(main, command, whole, options);
      await writeFile(fileOf(command.name), JSON.stringify({ runs: ++runs, kills }));
      await rm(join(cwd, options.out), { recursive: true });
    }
    expect(kills).toBe(KILLS);
  });
});
