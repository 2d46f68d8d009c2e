import { existsSync } from "node:fs";
import fs, { chmod, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { failingDisk } from "@deepgrain/vitest/failing-disk";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { describe, expect, it, vi } from "vitest";
import { disk } from "../../src/files/disk";
import { FilesError } from "../../src/files/errors";
import { reasonOf } from "../../src/files/io-error";
import { makeFolder } from "../../src/files/make-folder";
import { thisProcess } from "../../src/files/process-identity";
import { stageFile, writeFileAtomic } from "../../src/files/stage-file";

describe("writeFileAtomic", () => {
  it("writes text and pieces of bytes", async () => {
    const folder = await temporaryFolder();
    const path = join(folder, "a.txt");
    await writeFileAtomic(path, "one");
    await writeFileAtomic(path, [Uint8Array.of(116, 119), "o"]);
    expect(await readFile(path, "utf8")).toBe("two");
    expect(await readdir(folder)).toEqual(["a.txt"]);
  });

  it("leaves the old file or the new one, wherever it is killed, and the next write cleans up", async () => {
    const folder = await temporaryFolder();
    const path = join(folder, "a.txt");
    const seen = new Set<string>();
    for (let at = 1, isDead = true; isDead; at++) {
      await writeFileAtomic(path, "old");
      const dying = failingDisk({ disk, thisProcess }, { at, failure: "kill" });
      const outcome = await writeFileAtomic(path, ["n", "ew"]).catch((error) => error);
      isDead = dying.failed !== undefined;
      await dying.restart();
      const content = await readFile(path, "utf8");
      expect(outcome instanceof Error ? ["old", "new"] : ["new"]).toContain(content);
      seen.add(content);
      await writeFileAtomic(path, "again");
      expect(await readdir(folder)).toEqual(["a.txt"]);
    }
    expect([...seen]).toEqual(["old", "new"]);
  });

  it("leaves files alone that only look like its own, and those of running processes", async () => {
    const folder = await temporaryFolder();
    const path = join(folder, "a.txt");
    const staged = await stageFile(path, ["in progress"]);
    const others = ["a.txt.old", "a.txt.tmp", "a.txt.0f8e9d7c-1111-4222-8333-444455556666.tmp"];
    for (const name of others) await writeFile(join(folder, name), "mine");
    await writeFileAtomic(path, "first");
    await staged.commit();
    expect(await readFile(path, "utf8")).toBe("in progress");
    expect((await readdir(folder)).sort()).toEqual(["a.txt", ...others].sort());
  });

  it.each([
    ["ENOSPC", "no space left on the device (ENOSPC)"],
    ["EDQUOT", "the disk quota is used up (EDQUOT)"],
    ["EROFS", "the file system is read-only (EROFS)"],
  ])("says why on %s, and leaves nothing", async (code, reason) => {
    const folder = await temporaryFolder();
    const path = join(folder, "a.txt");
    await writeFileAtomic(path, "old");
    const full = vi
      .spyOn(disk, "write")
      .mockRejectedValue(Object.assign(new Error(`${code}: write`), { code }));
    const error = await writeFileAtomic(path, "new").catch((thrown) => thrown);
    full.mockRestore();
    expect(FilesError.isInstance(error)).toBe(true);
    expect(error).toMatchObject({
      code: "ERR_IO",
      message: `files: cannot write ${path}: ${reason}`,
      fields: { action: "write", path, reason, isMissing: false },
    });
    expect(reasonOf(error)).toBe(reason);
    expect(await readdir(folder)).toEqual(["a.txt"]);
    expect(await readFile(path, "utf8")).toBe("old");
  });

  it("says that the folder is missing", async () => {
    const path = join(await temporaryFolder(), "none", "a.txt");
    await expect(writeFileAtomic(path, "x")).rejects.toMatchObject({
      message: `files: cannot write ${path}: the file or its folder does not exist (ENOENT)`,
      fields: { isMissing: true },
    });
  });

  it("passes on what its chunks throw, and leaves nothing", async () => {
    const folder = await temporaryFolder();
    const chunks = function* () {
      yield "a";
      throw new RangeError("no more");
    };
    await expect(writeFileAtomic(join(folder, "a"), chunks())).rejects.toThrow(RangeError);
    expect(await readdir(folder)).toEqual([]);
  });
});

describe("makeFolder", () => {
  it("makes folders above it, and says whether it was there", async () => {
    const folder = await temporaryFolder();
    expect(await makeFolder(join(folder, "a", "b/"))).toBe(true);
    expect(await makeFolder(join(folder, "a", "b"))).toBe(false);
    expect(existsSync(join(folder, "a", "b"))).toBe(true);
  });

  it("names the cause where a folder above cannot be made", async () => {
    const folder = await temporaryFolder();
    const real = fs.mkdir;
    const spy = vi.spyOn(fs, "mkdir").mockImplementation((async (path: string) => {
      if (path === join(folder, "a"))
        throw Object.assign(new Error("EROFS: mkdir"), { code: "EROFS" });
      return real(path);
    }) as never);
    const error = await makeFolder(join(folder, "a", "b")).catch((thrown) => thrown);
    spy.mockRestore();
    expect(error.message).toContain("the file system is read-only (EROFS)");
  });

  it("makes a folder that somebody deletes while it looks", async () => {
    const folder = join(await temporaryFolder(), "a");
    await mkdir(folder);
    const real = fs.stat;
    const spy = vi.spyOn(fs, "stat").mockImplementationOnce((async (path: string) => {
      await fs.rm(folder, { recursive: true });
      return real(path);
    }) as never);
    const isNew = await makeFolder(folder).finally(() => spy.mockRestore());
    expect(isNew).toBe(true);
    expect(existsSync(folder)).toBe(true);
  });

  it("names the cause where it cannot look at what is there", async () => {
    const folder = await temporaryFolder();
    const failure = Object.assign(new Error("EIO: stat"), { code: "EIO" });
    const spies = (["stat", "lstat"] as const).map((name) =>
      vi.spyOn(fs, name).mockRejectedValueOnce(failure),
    );
    const error = await makeFolder(folder).catch((thrown) => thrown);
    for (const spy of spies) spy.mockRestore();
    expect(error.message).toContain("EIO");
  });

  it("refuses a file in the way", async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, "a"), "");
    await symlink(join(folder, "nowhere"), join(folder, "link"));
    await expect(makeFolder(join(folder, "a"))).rejects.toThrow("a file has this name");
    await expect(makeFolder(join(folder, "link"))).rejects.toThrow("a file has this name");
    await expect(makeFolder(join(folder, "a", "b"))).rejects.toThrow(
      "a part of the path is a file, not a folder (ENOTDIR)",
    );
  });

  it.skipIf(process.getuid?.() === 0)("says that permission is denied", async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, "locked"));
    await chmod(join(folder, "locked"), 0o500);
    await expect(makeFolder(join(folder, "locked", "a"))).rejects.toThrow("permission denied");
  });
});
