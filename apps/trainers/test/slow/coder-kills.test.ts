import { rm } from "node:fs/promises";
import { dirname } from "node:path";
import { createRandom } from "@deepgrain/lm";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { beforeAll, describe, expect, it } from "vitest";
import { buildForTest } from "../build-for-test";
import { killAgain, undisturbed } from "../support/kill-again";
import { coderKillCommands } from "../support/kill-commands";
import { runProgram } from "../support/program";

const KILLS = 3;

let main: string;
beforeAll(async () => {
  main = await buildForTest();
  return () => rm(dirname(main), { recursive: true, force: true });
});

describe("kill -9, then the same command again", () => {
  it.each(coderKillCommands)("comes to the undisturbed result: $name", async (command) => {
    const cwd = await temporaryFolder();
    const whole = await undisturbed(main, command, cwd);
    const random = createRandom(23).next;
    let killed = 0;
    for (let run = 0; killed < KILLS; run++) {
      const options = { cwd, out: `killed-${run}`, kills: KILLS - killed, random };
      killed += await killAgain(main, command, whole, options);
    }
    expect(killed).toBe(KILLS);
  });

  it("leaves an evaluation whose file is as long as its samples, some right and some wrong", async () => {
    const cwd = await temporaryFolder();
    const [evaluate] = coderKillCommands;
    const { outcome } = await undisturbed(main, evaluate!, cwd);
    const lines = outcome["samples.jsonl"]!.split("\n").map((line) => JSON.parse(line));
    expect(lines).toHaveLength(18);
    expect(new Set(lines.map(({ passed }) => passed))).toEqual(new Set([true, false]));
    const again = await runProgram(main, evaluate!.args(cwd, "whole"), { cwd });
    expect(again.err).toContain("goes on after 18 samples");
  });
});
