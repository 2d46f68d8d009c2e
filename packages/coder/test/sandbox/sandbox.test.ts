import { buildWorker } from "@deepgrain/vitest/sandbox-worker";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestCase } from "../../src";
import { createSandbox, type Sandbox } from "../../src/sandbox";
import type { Limits } from "../../src/sandbox/limits";

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = createSandbox({ worker: await buildWorker() });
});
afterAll(() => sandbox.dispose());

const javascript = (code: string) => ({ language: "JavaScript", code });
const adds: TestCase[] = [
  { call: "add", arguments: [1, 2], equals: 3 },
  { call: "add", arguments: [-1, 1], equals: 0 },
];

describe("a sandbox", () => {
  it("tells right programs from wrong ones", async () => {
    expect(await sandbox.test(javascript("const add = (a, b) => a + b;"), adds)).toEqual({
      verdict: "passed",
      message: "",
      output: "",
    });
    expect(await sandbox.test(javascript("const add = (a, b) => a - b;"), adds)).toMatchObject({
      verdict: "failed",
      message: "add(1, 2) is -1, not 3",
    });
    expect(await sandbox.test(javascript("const add = (a, b) =>"), adds)).toMatchObject({
      verdict: "error",
    });
  });

  it.each([[undefined], [{}]])(
    "refuses tests that are neither a list nor a text: %j",
    async (tests) => {
      const outcome = sandbox.test(javascript("1"), tests as never);
      await expect(outcome).rejects.toMatchObject({
        code: "ERR_ARGUMENT",
        message: expect.stringContaining("tests must be a list or a text, got"),
      });
    },
  );

  it("keeps what a program prints, up to its limit", async () => {
    const code = "print('one', 2); console.log(true, null, undefined, 3n);";
    expect(await sandbox.run(javascript(code))).toMatchObject({
      verdict: "passed",
      output: "one 2\ntrue null undefined 3\n",
    });
    const limits: Limits = { outputLength: 100 };
    const flood = await sandbox.run(javascript("for (;;) print('xxxxxxxxx');"), limits);
    expect(flood.verdict).toBe("output");
    expect(flood.output.length).toBe(100);
  });

  it("compares values of every kind that tests can hold", async () => {
    const values = [
      null,
      undefined,
      true,
      "text ü 🙂",
      -0,
      1e308,
      Number.NaN,
      -Infinity,
      12345678901234567890n,
      [],
      [1, [2, [3]]],
      { a: { b: [null] } },
      { __proto__x: 1 },
    ];
    for (const value of values)
      expect(
        await sandbox.test(javascript("const same = (x) => x;"), [
          { call: "same", arguments: [value], equals: value },
        ]),
      ).toMatchObject({ verdict: "passed" });
  });

  it("waits for promises", async () => {
    const tests = [{ call: "later", arguments: [2], equals: 4 }];
    expect(
      await sandbox.test(
        javascript("const later = async (x) => { await null; return 2 * x; };"),
        tests,
      ),
    ).toMatchObject({ verdict: "passed" });
    expect(
      await sandbox.test(javascript("const later = () => new Promise(() => {});"), tests),
    ).toMatchObject({ verdict: "failed", message: expect.stringContaining("never ends") });
    expect(
      await sandbox.test(
        javascript("const later = async () => { throw new Error('no'); };"),
        tests,
      ),
    ).toMatchObject({ verdict: "failed", message: expect.stringContaining("Error: no") });
  });

  it("runs TypeScript without its types", async () => {
    const code =
      "enum Kind { A = 1 }\ninterface P { x: number }\nfunction add(a: number, b: number): number { const p: P = { x: a + b }; return p.x * Kind.A; }";
    expect(await sandbox.test({ language: "TypeScript", code }, adds)).toMatchObject({
      verdict: "passed",
    });
    expect(
      await sandbox.test({ language: "TypeScript", code: "function add(a: {" }, adds),
    ).toMatchObject({ verdict: "error" });
  });

  it("runs scripts of tests with assertions", async () => {
    const script = `const assert = require('node:assert');
assert.deepEqual(add(1, 2), 3);
assert.strictEqual(add(2, 2), 4);
assert.deepStrictEqual({ a: [add(0, 1)] }, { a: [1] });
assert.throws(() => add(), TypeError);
console.assert(add(5, 5) === 10);`;
    const right =
      "function add(a, b) { if (a === undefined) throw new TypeError('no'); return a + b; }";
    expect(await sandbox.test(javascript(right), script)).toMatchObject({ verdict: "passed" });
    expect(
      await sandbox.test(javascript("function add(a, b) { return 3; }"), script),
    ).toMatchObject({ verdict: "failed", message: "3 is not 4" });
    const swallowed = "try { assert.equal(add(1, 1), 2); } catch {}";
    expect(await sandbox.test(javascript("function add() { return 7; }"), swallowed)).toMatchObject(
      { verdict: "failed", message: "7 == 2" },
    );
  });

  it("says what it cannot run", async () => {
    expect(await sandbox.run({ language: "Cobol", code: "" })).toMatchObject({
      verdict: "unsupported",
    });
    expect(await sandbox.run(javascript("/".repeat(2 ** 20 + 1)))).toMatchObject({
      verdict: "error",
    });
  });

  it("refuses limits and programs that are none", async () => {
    await expect(sandbox.run(javascript(""), { instructions: 0 })).rejects.toMatchObject({
      code: "ERR_RANGE",
    });
    await expect(sandbox.run(javascript(""), { time: 3 } as Limits)).rejects.toMatchObject({
      code: "ERR_ARGUMENT",
    });
    await expect(sandbox.run({ language: "JavaScript" } as never)).rejects.toMatchObject({
      code: "ERR_ARGUMENT",
    });
    const gone = createSandbox();
    gone.dispose();
    await expect(gone.run(javascript(""))).rejects.toMatchObject({ code: "ERR_SANDBOX" });
  });
});
