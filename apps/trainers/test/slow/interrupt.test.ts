import { spawn } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { bundleForTest } from "../build-for-test";

let program: string;
beforeAll(async () => {
  const source = fileURLToPath(new URL("../support/stubborn-program.ts", import.meta.url));
  const folder = await bundleForTest({ program: source });
  program = join(folder, "program.js");
  return () => rm(folder, { recursive: true, force: true });
});

/** Runs a command of the program, and presses Ctrl-C so often once it works. */
async function interrupted(command: string, presses: number) {
  const child = spawn(process.execPath, [program, command], { stdio: ["ignore", "pipe", "pipe"] });
  let [out, err] = ["", ""];
  child.stderr.on("data", (chunk) => {
    err += chunk;
  });
  await new Promise<void>((resolve) => {
    child.stdout.on("data", (chunk) => {
      out += chunk;
      if (out.includes("working")) resolve();
    });
  });
  const ended = once(child, "close");
  for (let i = 0; i < presses; i++) {
    if (i > 0) await new Promise((resolve) => setTimeout(resolve, 100));
    child.kill("SIGINT");
  }
  const [code, signal] = await ended;
  return { code, signal, out, err };
}

describe("Ctrl-C", () => {
  it("pressed once lets a command stop at its next step and save", async () => {
    const { code, out, err } = await interrupted("steps", 1);
    expect({ code, out, err }).toEqual({
      code: 130,
      out: "working\nsaved\n",
      err: "deepgrain steps: interrupted\n",
    });
  });

  // None of these would ever end by itself.
  it.each([
    ["waits for another thread", "waiting"],
    ["is inside a WebAssembly kernel", "kernel"],
    ["multiplies large matrices on two threads", "products"],
  ])("pressed twice ends a command that %s", async (_, command) => {
    const { code, signal, out } = await interrupted(command, 2);
    expect({ code, signal, out }).toEqual({ code: 130, signal: null, out: "working\n" });
  });
});
