import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { isRunning, thisProcess } from "../../src/files/process-identity";

describe("isRunning", () => {
  it("is true for this process", () => {
    expect(isRunning(thisProcess())).toBe(true);
  });

  it.skipIf(process.platform === "win32")(
    "is false for an earlier process of the same number",
    () => {
      const { pid, start } = thisProcess();
      expect(start).toMatch(/^[1-9]\d*$/);
      expect(isRunning({ pid, start: String(Number(start) - 1) })).toBe(false);
    },
  );

  it("is false after a process was killed", async () => {
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    await once(child, "spawn");
    const one = { pid: child.pid!, start: "0" };
    expect(isRunning(one)).toBe(true);
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(isRunning(one)).toBe(false);
  });
});
