import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MemoryFolder } from "@deepgrain/vitest/memory-folder";
import { describe, expect, it } from "vitest";
import {
  FilesError,
  type Folder,
  filesIn,
  namesIn,
  removeUnfinished,
  saveFiles,
  saveSubfolder,
  subfolder,
  textIn,
} from "../../../src/files";

const first = new Map([
  ["a", "old a"],
  ["b", "old b"],
  ["c", "old c"],
]);
const second = new Map([
  ["a", "new a"],
  ["b", "new b"],
  ["d", "new d"],
]);
const contentOf = async (folder: Exclude<Folder, string>) => {
  const names = await namesIn(folder, "file");
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await textIn(folder, name)])),
  );
};
const before = { a: "old a", b: "old b", c: "old c" };
const after = { a: "new a", b: "new b", d: "new d" };

describe("files in a folder", () => {
  it.each<[string, () => Exclude<Folder, string>]>([
    ["a handle", () => new MemoryFolder("run")],
    ["a Map", () => new Map()],
  ])("are written, replaced, listed and removed in %s", async (_, make) => {
    const folder = make();
    await saveFiles(folder, first);
    expect(await contentOf(folder)).toEqual(before);
    await saveFiles(folder, second, { removed: ["c"] });
    expect(await contentOf(folder)).toEqual(after);
    await saveSubfolder(folder, "below", (own) => saveFiles(own, first));
    expect(await namesIn(folder, "directory")).toEqual(["below"]);
    expect(await namesIn(folder, "file")).toEqual(["a", "b", "d"]);
    const below = (await subfolder(folder, "below")) as Exclude<Folder, string>;
    expect(await contentOf(below)).toEqual(before);
  });

  it("are written at a path", async () => {
    const path = await mkdtemp(join(tmpdir(), "folder-"));
    await saveFiles(join(path, "made"), first);
    await saveFiles(join(path, "made"), second, { removed: ["c"] });
    expect(await readdir(join(path, "made"))).toEqual(["a", "b", "d"]);
    expect(await readFile(join(path, "made", "a"), "utf8")).toBe("new a");
    await rm(path, { recursive: true });
  });

  it("are the old or the new ones in a handle, at whichever call the tab is closed", async () => {
    const whole = new MemoryFolder("run");
    await saveFiles(whole, first);
    const start = whole.disk.calls;
    await saveFiles(whole, second, { removed: ["c"] });
    const calls = whole.disk.calls - start;
    expect(calls).toBeGreaterThan(20);
    let seen = { old: 0, new: 0 };
    for (let at = 1; at <= calls; at++) {
      const folder = new MemoryFolder("run");
      await saveFiles(folder, first);
      folder.disk.endsAt = folder.disk.calls + at;
      await expect(saveFiles(folder, second, { removed: ["c"] })).rejects.toThrow();
      folder.disk.endsAt = 0;
      const found = await contentOf(folder);
      expect([before, after], `call ${at}`).toContainEqual(found);
      seen = "d" in found ? { ...seen, new: seen.new + 1 } : { ...seen, old: seen.old + 1 };
      await removeUnfinished(folder);
      expect(await contentOf(folder), `call ${at}, repaired`).toEqual(found);
      expect(folder.names.filter((name) => name.includes("deepgrain"))).toEqual([]);
      await saveFiles(folder, second, { removed: ["c"] });
      expect(await contentOf(folder)).toEqual(after);
    }
    expect(seen.old).toBeGreaterThan(5);
    expect(seen.new).toBeGreaterThan(5);
  });

  it("of a folder below that was cut short are removed", async () => {
    const whole = new MemoryFolder("run");
    const save = (folder: Folder) => saveSubfolder(folder, "step", (own) => saveFiles(own, first));
    await save(whole);
    for (let at = 1; at <= whole.disk.calls; at++) {
      const folder = new MemoryFolder("run");
      folder.disk.endsAt = at;
      await expect(save(folder)).rejects.toThrow();
      folder.disk.endsAt = 0;
      await removeUnfinished(folder);
      const left = await namesIn(folder, "directory");
      // A folder whose mark was not even written is empty.
      if (left.length > 0) expect(folder.names, `call ${at}`).toEqual([]);
    }
  });

  it("change in a Map only after all are encoded", async () => {
    const folder = new Map([["a", new Blob(["old"])]]);
    const fails = (own: Folder) =>
      saveFiles(own, new Map([["b", "new"]])).then(() => Promise.reject(new Error("full")));
    await expect(saveSubfolder(folder, "step", fails)).rejects.toThrow("full");
    expect([...folder.keys()]).toEqual(["a"]);
  });

  it("are refused to a second writer, as at a path", async () => {
    const folder = new MemoryFolder("run");
    const saving = saveFiles(folder, first);
    const error = await saveFiles(folder, second).catch((caught: unknown) => caught);
    expect(FilesError.isInstance(error) && error.code).toBe("ERR_LOCKED");
    await saving;
    expect(await contentOf(folder)).toEqual(before);
  });

  it("cannot be written to an address or to what is no folder, and the error says what is possible", async () => {
    await expect(saveFiles("https://example.org/m", first)).rejects.toThrow(
      "an address can only be read; give a path (in Node), a FileSystemDirectoryHandle or a Map",
    );
    await expect(saveFiles([] as never, first)).rejects.toMatchObject({ code: "ERR_IO" });
    await expect(namesIn("https://example.org/m", "file")).rejects.toMatchObject({
      code: "ERR_IO",
    });
  });
});

describe("The record of a write in a handle", () => {
  const damaged = async (record: string) => {
    const folder = new MemoryFolder();
    const file = await folder.getFileHandle(".deepgrain-commit.json", { create: true });
    file.content = new Blob([record]);
    return folder;
  };

  it.each([
    "{",
    "null",
    '{"files":null,"removed":[]}',
    '{"files":{"a":1},"removed":[]}',
    '{"files":{}}',
  ])("is refused where it is none: %s", async (record) => {
    const folder = await damaged(record);
    for (const work of [filesIn(folder), textIn(folder, "a"), saveFiles(folder, first)])
      await expect(work).rejects.toMatchObject({
        code: "ERR_IO",
        message: expect.stringContaining("it is no record of a commit"),
      });
  });

  it("may have files of any name", async () => {
    const folder = new MemoryFolder();
    const names = ["__proto__", "constructor"];
    await saveFiles(folder, new Map(names.map((name) => [name, name])));
    expect(Object.keys(await filesIn(folder)).sort()).toEqual(names);
    expect(await textIn(folder, "__proto__")).toBe("__proto__");
    expect(await textIn(await damaged('{"files":{},"removed":[]}'), "constructor")).toBeUndefined();
  });
});
