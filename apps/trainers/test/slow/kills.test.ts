import { rm } from "node:fs/promises";
import { dirname } from "node:path";
import { createRandom } from "@deepgrain/lm";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { beforeAll, describe, expect, it } from "vitest";
import { buildForTest } from "../build-for-test";
import { killAgain, undisturbed } from "../support/kill-again";
import { killCommands } from "../support/kill-commands";

const KILLS = 3;

let main: string;
beforeAll(async () => {
  main = await buildForTest();
  return () => rm(dirname(main), { recursive: true, force: true });
});

describe("kill -9 between and within writes, then resuming", () => {
  it.each(killCommands)("comes to the undisturbed result: $name", async (command) => {
    const cwd = await temporaryFolder();
    const whole = await undisturbed(main, command, cwd);
    const random = createRandom(11).next;
    let killed = 0;
    for (let run = 0; killed < KILLS; run++) {
      const options = { cwd, out: `killed-${run}`, kills: KILLS - killed, random };
      killed += await killAgain(main, command, whole, options);
    }
    expect(killed).toBe(KILLS);
  });
});
