import { buildWorker } from "@deepgrain/vitest/sandbox-worker";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSandbox, type Sandbox } from "../../src/sandbox";
import type { Limits } from "../../src/sandbox/limits";
import { flooding } from "./support/hostile-programs";

const MIB = 2 ** 20;
let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = createSandbox({ worker: await buildWorker() });
});
afterAll(() => sandbox.dispose());

const tests = [{ call: "add", arguments: [1, 2], equals: 3 }];
const right = "const add = (a, b) => a + b;";
const judge = (code: string, limits?: Limits) =>
  sandbox.test({ language: "JavaScript", code }, tests, limits);
const buffer = (bytes: number) => `${right} const kept = new ArrayBuffer(${bytes});`;

describe("a flood", () => {
  it.each(flooding.map(({ name, code }) => [name, code] as const))(
    "of %s is memory",
    async (_, code) => {
      expect(await judge(code, { memoryBytes: 32 * MIB })).toMatchObject({
        verdict: "memory",
        message: `it needs more than ${32 * MIB} bytes`,
      });
      expect(await judge(right)).toMatchObject({ verdict: "passed" });
    },
  );
});

describe("the limit of memory", () => {
  it.each([1, 4, 8, 16, 100])("is exact to a page or two: %i MiB", async (limit) => {
    const limits = { memoryBytes: limit * MIB };
    expect(await judge(buffer(limit * MIB - 2 ** 17), limits)).toMatchObject({ verdict: "passed" });
    expect(await judge(buffer(limit * MIB + 2 ** 17), limits)).toMatchObject({ verdict: "memory" });
  });

  it("counts what is held, not what was freed", async () => {
    const code = `${right} for (let i = 0; i < 200; i++) new ArrayBuffer(1e6);`;
    expect(await judge(code, { memoryBytes: 2 * MIB })).toMatchObject({ verdict: "passed" });
  });

  it.each([1, 2 ** 31, 2 ** 40])("may be %i bytes", async (memoryBytes) => {
    expect(await judge(right, { memoryBytes })).toMatchObject({ verdict: "passed" });
  });

  it("is told by what is refused, not by what is thrown", async () => {
    for (const thrown of [
      "new InternalError('out of memory')",
      "new Error('memory access out of bounds')",
      "null",
    ])
      expect(await judge(`throw ${thrown};`)).toMatchObject({ verdict: "error" });
  });

  it("costs instructions by the mebibyte", async () => {
    const code = buffer(60 * MIB);
    expect(await judge(code, { instructions: 10_000_000 })).toMatchObject({ verdict: "passed" });
    expect(await judge(code, { instructions: 1_000_000 })).toMatchObject({ verdict: "budget" });
  });
});

describe("what a program hands out", () => {
  it("is read up to a length", async () => {
    const code = "const add = () => new Array(99_000).fill('x'.repeat(1e5));";
    expect(await judge(code)).toMatchObject({
      verdict: "failed",
      message: "the result of add(1, 2) cannot be compared: its texts are too long",
    });
  });

  it("is printed up to a length, whatever comes at once", async () => {
    const limits = { outputLength: 10 };
    const all = "const s = 'x'.repeat(1e6);";
    for (const code of [
      `${all} print.apply(null, new Array(60_000).fill(s));`,
      `${all} for (;;) print(s);`,
      `${all} for (;;) try { print(s); } catch {}`,
    ])
      expect(await judge(code, limits)).toMatchObject({
        verdict: "output",
        output: "x".repeat(10),
      });
    expect(await judge(`${right} print('a', 'b'); print(); print(1);`, limits)).toMatchObject({
      verdict: "passed",
      output: "a b\n\n1\n",
    });
  });
});
