/** @file A stranger's file of each name that a command writes, for every flag that writes a folder. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { deepgrain } from "../../src/commands";
import type * as ClaimFolder from "../../src/store/claim-folder";
import { call } from "../call";
import { copyScores, folderWriters, writeInputs } from "../support/folder-writers";
import { outputFlags } from "../support/output-flags";
import { filesIn } from "../support/program";

const seen = vi.hoisted(() => ({ files: [] as readonly string[], isEnough: false }));

// Notes what commands claim, and where asked to stops them there.
vi.mock("../../src/store/claim-folder", async (original) => {
  const actual = await original<typeof ClaimFolder>();
  const withClaims: typeof actual.withClaims = (work) =>
    actual.withClaims((claim) =>
      work(async (path, options) => {
        const claimed = await claim(path, options);
        seen.files = options.files;
        if (seen.isEnough) throw new Error("claimed");
        return claimed;
      }),
    );
  return { ...actual, withClaims };
});

const all = (await outputFlags(deepgrain)).filter(({ kind }) => kind !== "file");
const titled = all.map(({ name, spelling, kind }) => [`${name} ${spelling}`, kind] as const);

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
}, 120_000);

/** Of names as records list them: `*` stands for any part, and folders end in `/`. */
const patternOf = (listed: string) =>
  new RegExp(`^${listed.replace(/\/$/, "").replaceAll(".", "\\.").replaceAll("*", ".*")}$`);

const nameOf = (title: string) => title.replaceAll(/\W+/g, "-");

/** The names that a command writes: a run of it, or what it claims where a run would be long. */
async function namesOf(title: string, kind: string): Promise<string[]> {
  const out = `${nameOf(title)}-whole`;
  seen.files = [];
  seen.isEnough = !folderWriters[title]!.ends;
  const { code, err } = await call(argsOf(title, out), { cwd });
  seen.isEnough = false;
  if (!folderWriters[title]!.ends) expect(err).toContain("claimed");
  else expect(code, err).toBe(0);
  if (kind === "replaced-folder") return readdir(path(out));
  const listed = ["run.json", ...seen.files];
  const written = folderWriters[title]!.ends ? await readdir(path(out)) : [];
  const isListed = (name: string) => listed.some((one) => patternOf(one).test(name));
  expect(written.filter((name) => !isListed(name))).toEqual([]);
  return listed.map((one) => one.replaceAll("*", "00001"));
}

it("has an entry for every flag that writes a folder", () => {
  expect(Object.keys(folderWriters).sort()).toEqual(titled.map(([title]) => title).sort());
});

describe("a stranger's file of a name that the command writes", { timeout: 60_000 }, () => {
  it.each(titled)("is never replaced or appended to by %s, and named", async (title, kind) => {
    const names = await namesOf(title, kind);
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
