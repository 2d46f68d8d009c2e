import { buildWorker } from "@deepgrain/vitest/sandbox-worker";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSandbox, type Sandbox } from "../../src/sandbox";
import {
  cheating,
  endless,
  type HostileProgram,
  reaching,
  unusual,
} from "./support/hostile-programs";

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = createSandbox({
    worker: await buildWorker(),
    limits: { instructions: 20_000_000, memoryBytes: 2 ** 24 },
  });
});
afterAll(() => sandbox.dispose());

const tests = [{ call: "add", arguments: [1, 2], equals: 3 }];
const judge = ({ code, tests: own = tests }: HostileProgram) =>
  sandbox.test({ language: "JavaScript", code }, own);
const isAlive = () => judge({ name: "right", code: "const add = (a, b) => a + b;" });

describe.each([
  ["never end", endless],
  ["cheat", cheating],
  ["reach for the host", reaching],
])("programs that %s", (_, programs) => {
  it.each(programs.map((program) => [program.name, program] as const))(
    "do not pass: %s",
    async (_name, program) => {
      let ticks = 0;
      const timer = setInterval(() => ticks++, 1);
      const { verdict } = await judge(program);
      await new Promise((resolve) => setTimeout(resolve, 5));
      clearInterval(timer);
      expect(["failed", "error", "budget", "memory", "output", "killed"]).toContain(verdict);
      expect(ticks).toBeGreaterThan(0);
      expect(await isAlive()).toMatchObject({ verdict: "passed" });
    },
  );
});

it("holds more than forty hostile programs", () => {
  expect(endless.length + cheating.length + reaching.length).toBeGreaterThan(40);
});

describe("right programs", () => {
  it.each(unusual.map((program) => [program.name, program] as const))(
    "pass with %s",
    async (_, program) => {
      expect(await judge(program)).toMatchObject({ verdict: "passed" });
    },
  );

  it("get the same verdict every time, by instructions and not by a clock", async () => {
    const code =
      "function add(a, b) { let s = 0; for (let i = 0; i < 300000; i++) s += i % 7; return s > 0 ? a + b : 0; }";
    const verdicts = new Set<string>();
    for (let i = 0; i < 20; i++) verdicts.add((await judge({ name: "loop", code })).verdict);
    expect([...verdicts]).toEqual(["passed"]);
  });
});
