/** @file What holds for every output of every command, made from the table of flags: no new command can forget it. */
import { chmod, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { describe, expect, it } from "vitest";
import { deepgrain } from "../../src/commands";
import { call } from "../call";
import { outputFlags } from "../support/output-flags";

const all = await outputFlags(deepgrain);
const titled = (kind: (typeof all)[number]["kind"]) =>
  all
    .filter((flag) => flag.kind === kind)
    .map((flag) => [`${flag.name} ${flag.spelling}`, flag] as const);
const everyOutput = all.map((flag) => [`${flag.name} ${flag.spelling}`, flag] as const);

/** A lock as this very process would hold it. */
const held = JSON.stringify({
  pid: process.pid,
  start: "0",
  host: hostname(),
  what: "deepgrain x",
  since: "now",
});

describe("a file", () => {
  it("is among the flags", () => expect(titled("file").length).toBeGreaterThan(25));

  it.each(titled("file"))("%s: is kept where it is read-only, also for root", async (_, flag) => {
    const cwd = await temporaryFolder();
    await writeFile(join(cwd, "kept"), "mine");
    await chmod(join(cwd, "kept"), 0o444);
    await symlink("kept", join(cwd, "link"));
    for (const path of ["kept", "link"]) {
      const { code, err } = await call(flag.args(path), { cwd });
      expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining("read-only") });
    }
    expect(await readFile(join(cwd, "kept"), "utf8")).toBe("mine");
    expect((await readdir(cwd)).sort()).toEqual(["kept", "link"]);
  });

  it.each(titled("file"))(
    "%s: is not a folder, nor at the end of a loop of links",
    async (_, flag) => {
      const cwd = await temporaryFolder();
      await mkdir(join(cwd, "folder"));
      await symlink("b", join(cwd, "a"));
      await symlink("a", join(cwd, "b"));
      for (const [path, reason] of [
        ["folder", "it is a folder"],
        ["a", "form a loop"],
      ] as const)
        expect((await call(flag.args(path), { cwd })).err).toContain(reason);
      expect((await readdir(cwd)).sort()).toEqual(["a", "b", "folder"]);
    },
  );

  it.each(titled("file"))("%s: is locked where a link leads to", async (_, flag) => {
    const cwd = await temporaryFolder();
    await writeFile(join(cwd, "target.lock"), held);
    await symlink("target", join(cwd, "link"));
    for (const path of ["target", "link"])
      expect((await call(flag.args(path), { cwd })).err).toMatch(
        /target\.lock is held by .*deepgrain x/,
      );
    expect((await readdir(cwd)).sort()).toEqual(["link", "target.lock"]);
  });

  it.each(titled("file"))("%s: standard output, does not go with --json", async (_, flag) => {
    if (flag.command.flags.json?.kind !== "switch") return;
    const cwd = await temporaryFolder();
    const { code, out, err } = await call([...flag.args("-"), "--json"], { cwd });
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(JSON.parse(err).error.message).toContain("--json prints to standard output");
    expect(await readdir(cwd)).toEqual([]);
  });
});

describe("every output", () => {
  it.each(everyOutput)("%s: is not made for a wrong flag", async (_, flag) => {
    const cwd = await temporaryFolder();
    const { code } = await call([...flag.args("deep/out"), "--no-such-flag"], { cwd });
    expect(code).toBe(2);
    expect(await readdir(cwd)).toEqual([]);
  });

  const reading = everyOutput.filter(([, { isReading }]) => isReading);

  it.each(reading)("%s: is not made for inputs that are missing", async (_, flag) => {
    const cwd = await temporaryFolder();
    const { code, err } = await call(flag.args("deep/out", "none"), { cwd });
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining("there is no") });
    expect(await readdir(cwd)).toEqual([]);
  });
});

describe("a folder", () => {
  const folders = [...titled("folder"), ...titled("replaced-folder")];

  it.each(folders)("%s: is not standard output", async (_, flag) => {
    const cwd = await temporaryFolder();
    const { code, err } = await call(flag.args("-"), { cwd });
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining("must be a folder") });
    expect(await readdir(cwd)).toEqual([]);
  });

  it.each(folders)("%s: is locked while it is written", async (_, flag) => {
    const cwd = await temporaryFolder();
    await mkdir(join(cwd, "out"));
    const lock = flag.kind === "folder" ? "out/.lock" : "out.lock";
    await writeFile(join(cwd, lock), held);
    const { err } = await call(flag.args("out"), { cwd });
    expect(err).toContain('.lock is held by "deepgrain x"');
  });
});
