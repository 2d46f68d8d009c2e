import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { expect, it } from "vitest";
import { buildLab } from "../support/build-lab";

type Line = { type: string; name?: string; found?: number; runs?: { runs: { result: unknown }[] } };

/** Runs the slow study in a process of its own. @param killAt sends the signal at the first such event */
async function runSlow(
  lab: string,
  folder: string,
  killAt?: (line: Line) => boolean,
  {
    signal = "SIGKILL",
    threads = [],
  }: { signal?: NodeJS.Signals; threads?: readonly string[] } = {},
) {
  const program = spawn(
    process.execPath,
    [join(lab, "programs/run-slow.mjs"), folder, '{"stepMs":100}', ...threads],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  const lines: Line[] = [];
  let isSent = false;
  for await (const text of createInterface({ input: program.stdout })) {
    lines.push(JSON.parse(text));
    if (isSent || !killAt?.(lines.at(-1)!)) continue;
    isSent = true;
    program.kill(signal);
  }
  const [code] = program.exitCode === null ? await once(program, "exit") : [program.exitCode];
  return { lines, code };
}

it("goes on after a kill at any moment, with the numbers of an undisturbed study", async () => {
  const lab = await buildLab();
  const undisturbed = await runSlow(lab, await temporaryFolder());
  expect(undisturbed.code).toBe(0);
  const folder = await temporaryFolder();
  const moments = [
    (line: Line) => line.type === "study-start",
    (line: Line) => line.type === "run-event",
    (line: Line) => line.type === "run-end",
  ];
  for (const moment of moments) expect((await runSlow(lab, folder, moment)).code).not.toBe(0);
  const again = await runSlow(lab, folder);
  expect(again.lines[0]!.found).toBeGreaterThan(0);
  const results = ({ lines }: typeof again) => lines.at(-1)!.runs!.runs.map(({ result }) => result);
  expect(results(again)).toEqual(results(undisturbed));
  expect((await readdir(folder)).sort()).toEqual(["runs", "study.json"]);
  const files = await readdir(join(folder, "runs"), { recursive: true });
  expect(files.filter((name) => name.includes("seed")).sort()).toEqual(
    ["base", "hot", "tuned"].flatMap((id) => [1, 2].map((seed) => join(id, `seed-${seed}.json`))),
  );
  const file = JSON.parse(await readFile(join(folder, "runs", "hot", "seed-2.json"), "utf8"));
  expect(file.provenance.command).toMatch(/^node run-slow\.mjs /);
});

it.each([
  ["in process", []],
  ["in two threads", ["2"]],
])("stops at Ctrl-C with the finished runs whole, and goes on, %s", async (_, threads) => {
  const lab = await buildLab();
  const folder = await temporaryFolder();
  const atFirstEnd = ({ type }: Line) => type === "run-end";
  const stopped = await runSlow(lab, folder, atFirstEnd, { signal: "SIGINT", threads });
  expect(stopped.code).toBe(130);
  expect((await readdir(folder)).sort()).toEqual(["runs", "study.json"]);
  const files = await readdir(join(folder, "runs"), { recursive: true });
  const finished = files.filter((name) => name.includes("seed"));
  expect(finished.every((name) => name.endsWith(".json"))).toBe(true);
  for (const name of finished) JSON.parse(await readFile(join(folder, "runs", name), "utf8"));
  expect(finished.length).toBeLessThan(6);
  const again = await runSlow(lab, folder, undefined, { threads });
  expect(again.code).toBe(0);
  expect(again.lines[0]!.found).toBe(finished.length);
  expect(again.lines.at(-1)!.runs!.runs).toHaveLength(6);
});
