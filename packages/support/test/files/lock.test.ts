import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { describe, expect, it } from "vitest";
import { acquireLock, withLock } from "../../src/files/lock";
import { thisProcess } from "../../src/files/process-identity";

const what = "deepgrain start";
const record = (holder: object) =>
  JSON.stringify({ ...thisProcess(), host: hostname(), what, since: "2024-01-01", ...holder });

async function lockFile(content?: string): Promise<string> {
  const path = join(await temporaryFolder(), "run.lock");
  if (content !== undefined) await writeFile(path, content);
  return path;
}

describe("acquireLock", () => {
  it("keeps others out until it is released", async () => {
    const path = await lockFile();
    const lock = await acquireLock(path, { what });
    await lock.assertHeld();
    await expect(acquireLock(path, { what: "other" })).rejects.toMatchObject({
      code: "ERR_LOCKED",
      message: expect.stringMatching(/is held by "deepgrain start" \(process \d+, since .*wait/),
      fields: { path, holder: { ...thisProcess(), what } },
    });
    await lock.release();
    await (await acquireLock(path, { what })).release();
    expect(await readdir(join(path, ".."))).toEqual([]);
  });

  it("lets one of many in", async () => {
    const path = await lockFile(record({ pid: 2 ** 30 }));
    const tries = Array.from({ length: 8 }, () => acquireLock(path, { what }));
    const got = (await Promise.allSettled(tries)).filter(({ status }) => status === "fulfilled");
    expect(got.length).toBe(1);
  });

  it("takes over from a process that was killed", async () => {
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    await once(child, "spawn");
    const path = await lockFile(record({ pid: child.pid, start: "0" }));
    await expect(acquireLock(path, { what })).rejects.toMatchObject({ code: "ERR_LOCKED" });
    child.kill("SIGKILL");
    await once(child, "exit");
    await (await acquireLock(path, { what })).release();
  });

  it.skipIf(process.platform === "win32")(
    "takes over where the number belongs to a later process now",
    async () => {
      const { start } = thisProcess();
      const path = await lockFile(record({ start: String(Number(start) - 7) }));
      const lock = await acquireLock(path, { what });
      expect(JSON.parse(await readFile(path, "utf8"))).toMatchObject({ start });
      await lock.release();
    },
  );

  it.each(["", "{", "[]", '{"pid": -1, "start": "0", "host": ""}'])(
    "takes over a lock file that says %j",
    async (content) => {
      const path = await lockFile(content);
      await (await acquireLock(path, { what })).release();
    },
  );

  it("respects another host, and says which file to delete", async () => {
    const path = await lockFile(record({ host: "elsewhere", pid: 2 ** 30 }));
    await expect(acquireLock(path, { what })).rejects.toThrow(
      `process ${2 ** 30} on elsewhere, since 2024-01-01); wait for it to end; delete ${path} if`,
    );
  });

  it("notices that its file was deleted, and leaves the lock of a successor alone", async () => {
    const path = await lockFile();
    const lock = await acquireLock(path, { what });
    await rm(path);
    await expect(lock.assertHeld()).rejects.toThrow("the lock was deleted meanwhile");
    const next = await acquireLock(path, { what });
    await lock.release();
    await next.assertHeld();
    await next.release();
  });

  it("says that its folder is missing", async () => {
    const path = join(await temporaryFolder(), "none", "run.lock");
    await expect(acquireLock(path, { what })).rejects.toMatchObject({
      code: "ERR_IO",
      fields: { isMissing: true },
    });
  });
});

describe("withLock", () => {
  it("releases after success and after failure", async () => {
    const path = await lockFile();
    expect(await withLock(path, { what }, async () => 5)).toBe(5);
    const failing = withLock(path, { what }, async () => {
      throw new RangeError("no");
    });
    await expect(failing).rejects.toThrow(RangeError);
    expect(await readdir(join(path, ".."))).toEqual([]);
  });
});
