import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { failingDisk } from "@deepgrain/vitest/failing-disk";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { describe, expect, it } from "vitest";
import { copyFile } from "../../src/files/copy-file";
import { disk } from "../../src/files/disk";
import { saveTextNow } from "../../src/files/json";
import { acquireLock } from "../../src/files/lock";
import { thisProcess } from "../../src/files/process-identity";
import { removeLeftovers } from "../../src/files/remove-leftovers";
import { writeFileAtomic } from "../../src/files/stage-file";

const own = { disk, thisProcess };

describe("the table of file operations", () => {
  it("is what a lock, a file and a folder are written through, operation by operation", async () => {
    const folder = await temporaryFolder();
    const counting = failingDisk(own);
    const lock = await acquireLock(join(folder, "lock"), { what: "a test" });
    await writeFileAtomic(join(folder, "a"), ["b", "c"]);
    await lock.release();
    const names = counting.operations.map(({ name }) => name).join(" ");
    expect(names).toBe("open write close link rm open write write sync close rename sync rm");
    expect(counting.operations[0]!.place).toBe("writeNew packages/support/src/files/lock.ts:95");
    expect(counting.running()).toBe(0);
    await counting.restart();
  });

  it("lets a lock go with the process that a kill ended, and with no other", async () => {
    const path = join(await temporaryFolder(), "lock");
    const dying = failingDisk(own, { at: 6, failure: "kill" });
    const lock = await acquireLock(path, { what: "a test" });
    await lock.release(); // never fails
    await expect(acquireLock(path, { what: "another" })).rejects.toThrow("killed");
    await dying.restart();
    const next = await acquireLock(path, { what: "another" });
    await expect(acquireLock(path, { what: "a third" })).rejects.toMatchObject({
      code: "ERR_LOCKED",
    });
    await next.release();
  });
});

describe("saveTextNow", () => {
  it.each(["half", "kill"] as const)(
    "leaves the old file or the new one, wherever it is killed: %s",
    async (failure) => {
      const folder = await temporaryFolder();
      const path = join(folder, "processes.json");
      const seen = new Set<string>();
      for (let at = 1, isDead = true; isDead; at++) {
        saveTextNow(path, "old");
        const dying = failingDisk(own, { at, failure });
        try {
          saveTextNow(path, "new");
        } catch {}
        isDead = dying.failed !== undefined;
        await dying.restart();
        seen.add(await readFile(path, "utf8"));
        await removeLeftovers(folder);
        expect(await readdir(folder)).toEqual(["processes.json"]);
      }
      expect([...seen]).toEqual(["old", "new"]);
    },
  );
});

describe("copyFile", () => {
  it("copies a file, and leaves nothing where it cannot", async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, "a"), "content");
    await copyFile(join(folder, "a"), join(folder, "b"));
    expect(await readFile(join(folder, "b"), "utf8")).toBe("content");
    const missing = copyFile(join(folder, "none"), join(folder, "c"));
    await expect(missing).rejects.toThrow(/cannot copy .*none: .*does not exist \(ENOENT\)/);
    expect((await readdir(folder)).sort()).toEqual(["a", "b"]);
  });
});

describe("writeFileAtomic", () => {
  it.skipIf(process.platform === "win32")(
    "keeps a secret from others from the first byte",
    async () => {
      const path = join(await temporaryFolder(), "key");
      await writeFileAtomic(path, "secret", { mode: 0o600 });
      expect((await stat(path)).mode & 0o777).toBe(0o600);
    },
  );
});
