import { openAsBlob } from "node:fs";
import { createSandbox, type Sandbox } from "@deepgrain/coder/sandbox";
import { buildWorker } from "@deepgrain/vitest/sandbox-worker";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FillEvent, type Hole, middleOf } from "../../src/code/fill-middle";
import { INITIAL } from "../../src/code/initial";
import { LIMITS, LONGEST_PROGRAM, LONGEST_TEXT, TASKS } from "../../src/code/limits";
import { meanCurve } from "../../src/code/pass-picture";
import type { RecordedCode } from "../../src/code/recorded";
import { type Checked, checkProgram } from "../../src/code/run-program";
import { createSession } from "../../src/code/session";
import { heldOut, taskOf } from "../../src/code/tasks";
import { holeProblem, programProblem } from "../../src/code/text";
import type { Order, Programs } from "../../src/code/write-programs";
import { recordedFile } from "../../src/record/provenance";
import { recordedPass } from "../../src/site/pass-curves";
import { readRecorded } from "../../src/site/read-recorded";
import { findingsOf } from "../../src/site/verdicts";

const { signal } = new AbortController();
const recorded = readRecorded<RecordedCode>("code");

let sandbox: Sandbox;
let session: ReturnType<typeof createSession>;
beforeAll(async () => {
  sandbox = createSandbox({ worker: await buildWorker(), limits: LIMITS });
  session = createSession((name) => openAsBlob(recordedFile(name)), sandbox);
});
afterAll(() => sandbox.dispose());

async function programsOf(part: Partial<Order>): Promise<Programs> {
  const order = { task: INITIAL.task, policy: INITIAL.policy, n: INITIAL.n, seed: INITIAL.seed };
  for await (const event of session.write({ ...order, ...part }, signal))
    if (event.type === "programs") return event.programs;
  throw new Error("no programs were written");
}

async function filledIn(hole: Hole): Promise<FillEvent> {
  for await (const event of session.fill(hole, signal)) return event;
  throw new Error("nothing was filled in");
}

describe("the tasks of the code page", () => {
  it("are as many as it says, each with tests that its right expression passes", async () => {
    expect(heldOut).toHaveLength(TASKS);
    for (const task of [1, INITIAL.task, TASKS]) {
      const { prompt, reference } = taskOf(task);
      const { verdict, tests } = await checkProgram(
        sandbox,
        { task, code: prompt + reference },
        signal,
      );
      expect(verdict).toBe("passed");
      expect(tests.every((test) => test.verdict === "passed")).toBe(true);
    }
  });
});

describe("programs that a policy writes", () => {
  it("are those that were recorded, and mostly wrong before GRPO but not after", async () => {
    const before = await programsOf({});
    expect(before).toEqual(recorded.programs);
    const after = await programsOf({ policy: "after" });
    for (const { written, n, passed } of [before, after]) {
      expect(written.reduce((sum, { count }) => sum + count, 0)).toBe(n);
      const right = written.filter(({ verdict }) => verdict === "passed");
      expect(right.reduce((sum, { count }) => sum + count, 0)).toBe(passed);
    }
    expect(before.passed).toBeLessThan(3);
    expect(after.passed).toBeGreaterThan(8);
    expect(recorded.passAt1.after - recorded.passAt1.before).toBeGreaterThan(0.2);
  });

  it("follow the seed and the number that are asked for", async () => {
    const [one, two] = [await programsOf({ seed: 2 }), await programsOf({ seed: 3 })];
    expect(await programsOf({ seed: 2 })).toEqual(one);
    expect(two.written).not.toEqual(one.written);
    expect((await programsOf({ n: 1 })).written).toHaveLength(1);
  });
});

describe("a program and its tests", () => {
  const check = (code: string): Promise<Checked> =>
    checkProgram(sandbox, { task: INITIAL.task, code }, signal);

  it("has the recorded verdict, each test's alone", async () => {
    expect(await check(recorded.checked.code)).toEqual(recorded.checked);
    expect(recorded.checked.tests.filter(({ verdict }) => verdict === "passed")).toHaveLength(3);
  });

  it.each([
    ["for (;;) {}", "budget", /more than 1000000 instructions/],
    ["const solve = (list) => { while (true); };", "budget", /instructions/],
    ["const solve = (list", "error", /SyntaxError/],
    ["const sole = 1;", "failed", /solve.*not defined/],
    ["const solve = (list) => { throw new Error('no'); };", "failed", /throws Error: no/],
    ["fetch('/')", "error", /fetch.*not defined/],
  ])("that is %s ends with a verdict", async (code, verdict, message) => {
    const checked = await check(code);
    expect(checked.verdict).toBe(verdict);
    expect(checked.message).toMatch(message);
  });

  it("is asked for where there is none, or too much", () => {
    expect(programProblem(" \n")).toMatch(/needs a function solve/);
    expect(programProblem("x".repeat(LONGEST_PROGRAM + 1))).toMatch(/2,000 .* has 2,001/);
    expect(programProblem("x".repeat(LONGEST_PROGRAM))).toBeUndefined();
  });
});

describe("the middle between two cursors", () => {
  const { text, from, to } = INITIAL;

  it("is what was recorded, and does not depend on what was selected", async () => {
    expect(await filledIn({ text, from, to })).toEqual({
      type: "filled",
      filled: recorded.filled,
    });
    const other = text.slice(0, from) + text.slice(to);
    const again = await filledIn({ text: other, from, to: from });
    expect(again).toMatchObject({ filled: { middle: recorded.filled.middle } });
  });

  it("has neither the blanks before the cursor nor the line behind it twice", () => {
    expect(middleOf("\n  a();\n", "\n", "")).toBe("  a();\n");
    expect(middleOf(" a", "\n", "")).toBe(" a");
    expect(middleOf("Subject';\nimport {", "", "';\nmore")).toBe("Subject");
    expect(middleOf("\nb\nc", "\n", "\nd")).toBe("b");
    expect(middleOf("", " ", "x")).toBe("");
  });

  it("is not written where the text has more tokens than the model reads", async () => {
    const long = "﷽".repeat(LONGEST_TEXT);
    expect(holeProblem({ text: long, from: 0, to: 0 })).toBeUndefined();
    expect(await filledIn({ text: long, from: 0, to: 0 })).toMatchObject({ type: "too-long" });
  });

  it("has cursors within a text of some length, without the model's marks", () => {
    expect(holeProblem({ text: " ", from: 0, to: 0 })).toMatch(/Write some code/);
    expect(holeProblem({ text: "x".repeat(1001), from: 0, to: 0 })).toMatch(/1,000 .* has 1,001/);
    expect(holeProblem({ text: "a<｜fim▁hole｜>", from: 0, to: 0 })).toMatch(/own mark/);
    expect(holeProblem({ text: "abc", from: 2, to: 1 })).toMatch(/cursors must lie within/);
    fc.assert(
      fc.property(fc.nat(9), fc.nat(9), fc.nat(9), (length, start, end) => {
        const problem = holeProblem({ text: "x".repeat(length), from: start, to: end });
        const isFine = length > 0 && start <= end && end <= length;
        expect(problem === undefined).toBe(isFine);
      }),
    );
  });
});

describe("pass@1 as recorded", () => {
  it("is the study's, for every seed from before the training to its end", () => {
    const { curves, before, after, seeds } = recordedPass();
    const claim = findingsOf("deepseek-coder-v2").claims.at(-1)!;
    expect(claim.higher.subject).toBe("full tests");
    expect([100 * before, 100 * after]).toBeAllclose([claim.lower.mean!, claim.higher.mean!], {
      rtol: 1e-9,
    });
    expect(curves).toHaveLength(seeds);
    const mean = meanCurve(curves);
    expect(mean[0]!.step).toBe(0);
    expect([mean[0]!.passAt1, mean.at(-1)!.passAt1]).toBeAllclose([before, after], { rtol: 1e-9 });
  });
});
