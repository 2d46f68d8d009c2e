import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeEach, describe, expect, it } from "vitest";
import { DatasetsError, ogbSplit } from "../src/index";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "deepgrain-"));
  await write({ train: "4\n0\n", valid: "2\n", test: "1\n10\n" });
  return () => rm(folder, { recursive: true, force: true });
});

async function write(parts: Record<string, string | Uint8Array>) {
  for (const [part, text] of Object.entries(parts))
    await writeFile(join(folder, `${part}.csv.gz`), gzipSync(text));
}

const refused = async (options = {}) => {
  const error = await ogbSplit(folder, options).catch((thrown: unknown) => thrown);
  expect(DatasetsError.isInstance(error), String(error)).toBe(true);
  return error as DatasetsError;
};

describe("ogbSplit", () => {
  it("reads a node number per row, and sorts them as numbers", async () => {
    expect(await ogbSplit(folder, { nodes: 11 })).toEqual({
      train: Int32Array.of(0, 4),
      validation: Int32Array.of(2),
      test: Int32Array.of(1, 10),
    });
    await write({ valid: "", test: "7" });
    expect(await ogbSplit(folder)).toMatchObject({
      validation: new Int32Array(),
      test: Int32Array.of(7),
    });
  });

  it.each([
    [
      { valid: "2\n11\n" },
      "valid.csv.gz: row 2: a node must be a whole number from 0 to 10, got 11",
    ],
    [
      { train: "node\n1\n" },
      "train.csv.gz: row 1: a node must be a whole number from 0 to 10, got node",
    ],
    [{ train: "1\n\n2\n" }, "train.csv.gz: row 2"],
    [{ train: "1.5" }, "got 1.5"],
    [{ train: "-1" }, "got -1"],
    [{ train: "3\n3\n" }, "train.csv.gz: row 2: node 3 is in the split already"],
    [{ test: "9\n4\n" }, "test.csv.gz: row 2: node 4 is in the split already"],
  ])("refuses %j", async (parts, message) => {
    await write(parts as Record<string, string>);
    const { code, message: text, fields } = await refused({ nodes: 11 });
    expect(code).toBe("ERR_FORMAT");
    expect(text).toContain(message);
    expect(fields).toMatchObject({ file: expect.any(String), row: expect.any(Number) });
  });

  it("refuses files that are absent, damaged or unpack to too much", async () => {
    await writeFile(join(folder, "valid.csv.gz"), gzipSync("1\n".repeat(50)).subarray(0, 15));
    expect(await refused()).toMatchObject({ code: "ERR_FORMAT" });
    await write({ valid: new Uint8Array(2 ** 25 + 1) });
    const { code, message } = await refused();
    expect(code).toBe("ERR_FORMAT");
    expect(message).toContain("valid.csv.gz has more than 33554432 bytes");
    await rm(join(folder, "valid.csv.gz"));
    expect(await refused()).toMatchObject({ code: "ERR_MISSING_FILE" });
  });

  it("refuses a count of nodes that is none", async () => {
    expect(await refused({ nodes: 0 })).toMatchObject({ code: "ERR_RANGE" });
  });
});
