/** @file A stranger's file of each name that a command writes, for every flag that writes a folder. */
import { existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { deepgrain } from "../../src/commands";
import { call } from "../call";
import { copyScores, folderWriters, writeInputs } from "../support/folder-writers";
import { outputFlags } from "../support/output-flags";
import { filesIn } from "../support/program";

const all = (await outputFlags(deepgrain)).filter(({ kind }) => kind !== "file");
const titles = all.map(({ name, spelling }) => `${name} ${spelling}`);

let cwd: string;
const path = (...parts: string[]) => join(cwd, ...parts);
const argsOf = (title: string, out: string) => [
  ...folderWriters[title]!.args.split(" "),
  ...[title.split(" ").at(-1)!, out],
];

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), "deepgrain-"));
  await writeInputs(cwd);
  for (const [title, out] of [
    ["esft score --out", "first-scores"],
    ["esft train --out", "adapter"],
    ["prm train --out", "judge"],
  ] as const) {
    const { code, err } = await call(argsOf(title, out), { cwd });
    expect(code, err).toBe(0);
  }
  await copyScores(cwd, path("first-scores"));
  return () => rm(cwd, { recursive: true, force: true });
});

/** Of names as records list them: `*` stands for any part, and folders end in `/`. */
const patternOf = (listed: string) =>
  new RegExp(`^${listed.replace(/\/$/, "").replaceAll(".", "\\.").replaceAll("*", ".*")}$`);

const nameOf = (title: string) => title.replaceAll(/\W+/g, "-");

/** Runs a command: to its end, or until it has claimed its folder. @returns the files that its record lists */
async function recordedFiles(title: string, out: string): Promise<string[]> {
  const stop = new AbortController();
  const record = path(out, "run.json");
  const read = () => JSON.parse(readFileSync(record, "utf8")).files as string[];
  const running = call(argsOf(title, out), { cwd, signal: stop.signal });
  if (folderWriters[title]!.ends) {
    const { code, err } = await running;
    expect(code, err).toBe(0);
    return read();
  }
  let hasEnded = false;
  void running.then(() => {
    hasEnded = true;
  });
  while (!existsSync(record)) {
    if (hasEnded) expect.fail(`${title}: ${(await running).err}`);
    await new Promise((done) => setTimeout(done, 1));
  }
  const files = read();
  stop.abort(new Error("it has claimed its folder"));
  await running;
  return files;
}

/** The names that a command writes, which must all be in its record. */
async function namesOf(title: string): Promise<string[]> {
  const out = `${nameOf(title)}-whole`;
  const listed = [...new Set(["run.json", ...(await recordedFiles(title, out))])];
  const written = folderWriters[title]!.ends ? await readdir(path(out)) : [];
  const isListed = (name: string) => listed.some((one) => patternOf(one).test(name));
  expect(written.filter((name) => !isListed(name))).toEqual([]);
  return listed.map((one) => one.replaceAll("*", "00001"));
}

it("has an entry for every flag that writes a folder", () => {
  expect(Object.keys(folderWriters).sort()).toEqual(titles.sort());
});

describe("a stranger's file of a name that the command writes", { timeout: 60_000 }, () => {
  it.each(titles)("is never replaced or appended to by %s, and named", async (title) => {
    const names = await namesOf(title);
    expect(names.length).toBeGreaterThan(1);
    for (const [i, name] of names.entries()) {
      const out = `${nameOf(title)}-${i}`;
      const own = name.endsWith("/") ? `${name}mine` : name;
      await mkdir(dirname(path(out, own)), { recursive: true });
      await writeFile(path(out, own), "mine");
      for (const more of [[], ["--overwrite"]]) {
        const { code, err } = await call([...argsOf(title, out), ...more], { cwd });
        expect({ code, err }, name).toEqual({
          code: 2,
          err: expect.stringMatching(/ holds (a |the folder )?[\w.-]+/),
        });
        expect(err).toContain(name.replace(/\/$/, ""));
      }
      expect(await filesIn(path(out))).toEqual([own]);
      expect(await readFile(path(out, own), "utf8")).toBe("mine");
    }
  });
});
