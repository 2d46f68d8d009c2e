import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { shared, sharedIsMissing } from "@deepgrain/vitest/shared";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { collect, jsonlFile, jsonlRecords, parseJsonl } from "../src/index";

const folder = mkdtempSync(join(tmpdir(), "datasets-"));
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, content: string | Uint8Array): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

describe("parseJsonl", () => {
  it("reads text and bytes, with either line end, and passes over empty lines", () => {
    const text = '\uFEFF{"a":1}\r\n\n  \n[2]\n"drei – \u2028"';
    expect(parseJsonl(text)).toEqual([{ a: 1 }, [2], "drei – \u2028"]);
    expect(parseJsonl(new TextEncoder().encode(text))).toEqual(parseJsonl(text));
    expect(parseJsonl("")).toEqual([]);
  });

  it("says which line is wrong", () => {
    expect(() => parseJsonl('{"a":1}\n\n{"a":')).toThrow(
      expect.objectContaining({ code: "ERR_FORMAT", fields: { line: 3 } }),
    );
  });

  it("passes values through the check and reports its refusal", () => {
    const check = (value: unknown, line: number) => {
      if (typeof value !== "number") throw new TypeError("no number");
      return value * line;
    };
    expect(parseJsonl("5\n6", { check })).toEqual([5, 12]);
    expect(() => parseJsonl("5\nnull", { check })).toThrow(/line 2: no number/);
  });
});

describe("jsonlRecords", () => {
  it("gives the same records wherever the stream is cut", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ text: fc.string({ unit: "binary" }), n: fc.integer() }), {
          maxLength: 8,
        }),
        fc.integer({ min: 1, max: 9 }),
        async (records, size) => {
          const text = records.map((record) => JSON.stringify(record)).join("\n");
          const bytes = new TextEncoder().encode(text);
          const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
            bytes.subarray(i * size, (i + 1) * size),
          );
          expect(await collect(jsonlRecords(chunks))).toEqual(parseJsonl(text));
        },
      ),
    );
  });

  it("reads pieces of text and says which line is wrong", async () => {
    const chunks = ["\uFEFF1", "2\n\n", "x"];
    const seen: unknown[] = [];
    const read = async () => {
      for await (const record of jsonlRecords(chunks)) seen.push(record);
    };
    await expect(read()).rejects.toMatchObject({ code: "ERR_FORMAT", fields: { line: 3 } });
    expect(seen).toEqual([12]);
  });
});

describe("jsonlFile", () => {
  it("reads plain and packed files", async () => {
    expect(await collect(jsonlFile(write("a.jsonl", "1\n2\n")))).toEqual([1, 2]);
    expect(await collect(jsonlFile(write("a.jsonl.gz", gzipSync("1\n2\n"))))).toEqual([1, 2]);
  });

  it("refuses files that are missing, damaged or not JSON Lines", async () => {
    const expectCode = (path: string, code: string) =>
      expect(collect(jsonlFile(path))).rejects.toMatchObject({ code });
    await expectCode(join(folder, "none.jsonl"), "ERR_MISSING_FILE");
    await expectCode(join(folder, "none.jsonl.gz"), "ERR_MISSING_FILE");
    await expectCode(write("bad.jsonl.gz", "plain"), "ERR_FORMAT");
    await expectCode(write("cut.jsonl.gz", gzipSync("1\n2\n").subarray(0, 15)), "ERR_FORMAT");
    await expectCode(write("bad.jsonl", "{"), "ERR_FORMAT");
  });

  it("stops when it is told to", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(collect(jsonlFile(write("b.jsonl", "1"), { signal }))).rejects.toThrow("enough");
  });

  it.skipIf(sharedIsMissing)("reads the 164 tasks of HumanEval", async () => {
    const tasks = await collect(
      jsonlFile<{ task_id: string }>(shared("data/code/HumanEval.jsonl.gz")),
    );
    expect(tasks.map(({ task_id }) => task_id)).toEqual(
      Array.from({ length: 164 }, (_, i) => `HumanEval/${i}`),
    );
  });
});
