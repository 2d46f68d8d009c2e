import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, expect, it } from "vitest";
import { childrenOf, usageOf } from "../../src/python/usage";
import { behindWalls, wallsHere } from "../../src/python/walls";
import { buildChild, buildModule } from "../python/support/build-child";

/** When a process started, in ticks since the machine did; undefined when it is gone or dead. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

/** Waits until something holds; the test's own limit ends one that never does. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await wait(100);
}

/** Processor time by which an interpreter has started and runs in a loop. */
const SECONDS = 6;

let started: number[] = [];
afterEach(() => {
  for (const pid of started)
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // it is gone
    }
  started = [];
});

it.each([
  ["the program", "def f():\n    while True: pass\n", "f()\n"],
  ["the program's text", "while True:\n    try: pass\n    except BaseException: pass\n", "f()\n"],
  ["the tests", "def f(): return 1\n", "while True:\n    f()\n    for i in range(10**6): pass\n"],
  ["the tests alone", "", "while True: pass\n"],
])(
  "leaves no interpreter when it is killed while one runs in a loop: %s",
  async (_, code, tests) => {
    const script = await buildModule("test/python/support/judge-forever.ts");
    const child = await buildChild();
    const parent = spawn(process.execPath, [fileURLToPath(script), child.href, code, tests], {
      stdio: "ignore",
    });
    started.push(parent.pid!);
    const children = () => childrenOf(parent.pid!);
    await until(() => children().some((pid) => (usageOf(pid)?.seconds ?? 0) > SECONDS));
    const before = children().map((pid) => [pid, startOf(pid)] as const);
    started.push(...before.map(([pid]) => pid));
    expect(before.length).toBeGreaterThan(1);
    expect(before.filter(([, start]) => start !== undefined).length).toBeGreaterThan(1);
    const ended = new Promise((resolve) => parent.on("exit", resolve));
    parent.kill("SIGKILL");
    await ended;
    const isThere = ([pid, start]: readonly [number, string | undefined]) =>
      start !== undefined && startOf(pid) === start;
    await until(() => !before.some(isThere));
  },
);

it("ends a process that has used its processor time", async () => {
  const walls = { ...(await wallsHere()), hasParentSignal: false };
  expect(walls.hasTimeLimit).toBe(true);
  const [command, ...args] = behindWalls(walls, 1, [process.execPath, "-e", "for (;;);"]);
  const own = spawn(command!, args, { stdio: "ignore" });
  started.push(own.pid!);
  const signal = await new Promise((resolve) => own.on("exit", (_, name) => resolve(name)));
  expect(["SIGXCPU", "SIGKILL"]).toContain(signal);
});
