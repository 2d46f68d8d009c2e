import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { failingDisk } from "@deepgrain/vitest/failing-disk";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { describe, expect, it } from "vitest";
import { disk } from "../../src/files/disk";
import { thisProcess } from "../../src/files/process-identity";
import { removeLeftovers } from "../../src/files/remove-leftovers";
import { removeFolder, saveFolder } from "../../src/files/save-folder";

const dieAt = (at: number) => failingDisk({ disk, thisProcess }, { at, failure: "kill" });

const filling = (text: string) => async (folder: string) => {
  await writeFile(join(folder, "a.txt"), text);
  await writeFile(join(folder, "b.txt"), text);
};

const contentOf = async (folder: string) => [
  await readFile(join(folder, "a.txt"), "utf8"),
  await readFile(join(folder, "b.txt"), "utf8"),
];

describe("saveFolder", () => {
  it("makes a folder, and replaces it", async () => {
    const folder = await temporaryFolder();
    const path = join(folder, "deep", "model");
    await saveFolder(`${path}/`, filling("one"));
    await writeFile(join(path, "more.txt"), "");
    await saveFolder(path, filling("two"));
    expect((await readdir(path)).sort()).toEqual(["a.txt", "b.txt"]);
    expect(await contentOf(path)).toEqual(["two", "two"]);
    expect(await readdir(join(folder, "deep"))).toEqual(["model"]);
  });

  it("leaves the old folder or the new one whole, wherever it is killed, and the next run finds it", async () => {
    const seen = new Set<string>();
    for (let at = 1, isDead = true; isDead; at++) {
      const folder = await temporaryFolder();
      const path = join(folder, "model");
      await saveFolder(path, filling("old"));
      const dying = dieAt(at);
      await saveFolder(path, filling("new")).catch(() => undefined);
      isDead = dying.failed !== undefined;
      await dying.restart();
      await removeLeftovers(folder);
      const [a, b] = await contentOf(path);
      expect(a).toBe(b);
      seen.add(a!);
      expect(await readdir(folder)).toEqual(["model"]);
    }
    expect([...seen]).toEqual(["old", "new"]);
  });

  it("keeps the old folder when filling fails", async () => {
    const folder = await temporaryFolder();
    const path = join(folder, "model");
    await saveFolder(path, filling("old"));
    const failing = saveFolder(path, async (unfinished) => {
      await filling("new")(unfinished);
      throw new RangeError("too much");
    });
    await expect(failing).rejects.toThrow(RangeError);
    expect(await contentOf(path)).toEqual(["old", "old"]);
    expect(await readdir(folder)).toEqual(["model"]);
  });
});

describe("removeFolder", () => {
  it("never leaves half a folder under its name, wherever it is killed", async () => {
    for (let at = 1, isDead = true; isDead; at++) {
      const folder = await temporaryFolder();
      const path = join(folder, "step-000001");
      await saveFolder(path, filling("whole"));
      const dying = dieAt(at);
      await removeFolder(path).catch(() => undefined);
      isDead = dying.failed !== undefined;
      await dying.restart();
      if (existsSync(path)) expect(await contentOf(path)).toEqual(["whole", "whole"]);
      await removeLeftovers(folder);
      expect(await readdir(folder)).toEqual(at === 1 ? ["step-000001"] : []);
    }
  });

  it("has nothing against a missing folder", async () => {
    const folder = await temporaryFolder();
    await removeFolder(join(folder, "none"));
    expect(await readdir(folder)).toEqual([]);
  });
});

describe("removeLeftovers", () => {
  const id = "0f8e9d7c-1111-4222-8333-444455556666";

  it("deletes our own form only, directly in the folder only, and only what was asked for", async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, "docs"));
    const others = ["docs/thesis.old", `docs/x.1-2-${id}.tmp`, "notes.tmp", `b.1-2-${id}.tmp`];
    for (const name of others) await writeFile(join(folder, name), "x");
    await writeFile(join(folder, `a.1-2-${id}.tmp`), "x");
    const { deleted, restored } = await removeLeftovers(folder, { of: (name) => name === "a" });
    expect({ deleted, restored }).toEqual({ deleted: [`a.1-2-${id}.tmp`], restored: [] });
    for (const name of others) expect(existsSync(join(folder, name))).toBe(true);
  });

  it("leaves a missing folder missing", async () => {
    const folder = join(await temporaryFolder(), "none");
    expect(await removeLeftovers(folder)).toEqual({ deleted: [], restored: [] });
    expect(existsSync(folder)).toBe(false);
  });
});
