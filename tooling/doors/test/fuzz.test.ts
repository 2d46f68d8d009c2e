import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keepInput, readCorpus } from "../src/corpus";
import { type FuzzFinding, fuzzDoor } from "../src/fuzz";
import type { Generator } from "../src/generator";
import { smaller } from "../src/smaller";
import { type BlockCounter, countBlocks } from "../src/work";
import { planted } from "./planted";

let counter: BlockCounter;
let folder: string;
beforeAll(async () => {
  counter = await countBlocks((url) => url.includes("/test/planted"));
  folder = mkdtempSync(join(tmpdir(), "doors-corpus-"));
});
afterAll(async () => {
  await counter.stop();
  rmSync(folder, { recursive: true });
});

const generator = (
  read: (text: string) => unknown,
  orders: Generator["orders"] = {},
): Generator => ({
  door: "planted",
  form: "text",
  valid: fc
    .array(fc.constantFrom("get", "put", "end"), { maxLength: 6 })
    .map((all) => all.join(" ")),
  read,
  orders,
});

const tried = (count: number) => ({ seed: 3, counter, goesOn: (tries: number) => tries < count });

describe("A run of the fuzzer", () => {
  it("finds a planted defect with a fixed seed and number of tries, and makes it smaller", async () => {
    const seen: FuzzFinding[] = [];
    const report = await fuzzDoor(generator(planted.defect), {
      ...tried(500),
      onFinding: (_, finding) => seen.push(finding),
    });
    expect(report.tries).toBe(500);
    expect(report.blocks).toBeGreaterThan(5);
    expect(report.findings).toHaveLength(1);
    expect(report.findings[0]).toMatchObject({ door: "planted", input: "put put{{" });
    expect(report.findings[0]!.problem).toMatch(/^an error without a type: TypeError: /);
    expect(seen).toEqual(report.findings);
  });

  it("gives the same report for the same seed", async () => {
    const [first, second] = [
      await fuzzDoor(generator(planted.defect), tried(300)),
      await fuzzDoor(generator(planted.defect), tried(300)),
    ];
    expect(second).toEqual(first);
  });

  it("fails a door with a quadratic sweep, and passes one whose work grows in proportion", async () => {
    const orders = { words: (n: number) => "get ".repeat(n) };
    const slow = await fuzzDoor(generator(planted.sweep, orders), tried(0));
    expect(slow.findings.map(({ problem }) => problem)).toEqual([
      expect.stringMatching(/^words: blocks grow 3\.\d\d times /),
      expect.stringMatching(/^words: blocks grow [34]\.\d\d times /),
    ]);
    const steady = await fuzzDoor(generator(planted.steady, orders), tried(0));
    expect(steady.findings).toEqual([]);
  });

  it("sees a key of Object.prototype that a door has set, and takes it away", async () => {
    const report = await fuzzDoor(generator(planted.pollution), tried(1));
    expect(report.findings[0]).toMatchObject({ problem: "Object.prototype has another key" });
    expect("planted" in {}).toBe(false);
  });
});

describe("A failing input", () => {
  it.each([
    ["text", "abcXdefYghi", "XY"],
    ["json", { a: [1, { b: "say XY" }], c: 2 }, "XY"],
    ["bytes", Uint8Array.of(1, 88, 2, 89), Uint8Array.of(88, 89)],
  ] as const)("is made smaller: %s", async (form, input, smallest) => {
    const textOf = (value: unknown) =>
      value instanceof Uint8Array ? String.fromCharCode(...value) : (JSON.stringify(value) ?? "");
    const fails = async (value: unknown) => /X.*Y/.test(textOf(value));
    expect(await smaller(form, input, fails)).toEqual(smallest);
  });
});

describe("The corpus", () => {
  it("gives back what was kept", () => {
    const path = keepInput(folder, generator(planted.steady), "put put");
    expect(path).toMatch(/planted\/[0-9a-f]{12}$/);
    expect(readCorpus(folder, [generator(planted.steady)])).toMatchObject([{ input: "put put" }]);
    expect(readCorpus(join(folder, "missing"), [])).toEqual([]);
  });

  it("names what is no input", () => {
    expect(() => readCorpus(folder, [])).toThrow("planted: is of no door");
    const json: Generator = { ...generator(planted.steady), form: "json" };
    expect(() => readCorpus(folder, [json])).toThrow(
      /planted\/\w+: is no input of planted: SyntaxError/,
    );
    mkdirSync(join(folder, "planted", "folder"));
    expect(() => readCorpus(folder, [generator(planted.steady)])).toThrow(
      "folder: is no file of the corpus",
    );
  });
});
