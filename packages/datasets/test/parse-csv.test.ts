import { readFileSync } from "node:fs";
import { shared, sharedIsMissing } from "@deepgrain/vitest/shared";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseCsv, parseTsv } from "../src/index";

const quoted = (field: string) => `"${field.replaceAll('"', '""')}"`;

describe("parseCsv", () => {
  it("names the fields by the first row", () => {
    expect(parseCsv('\uFEFFa,b\r\n1,"x, ""y""\nz"\r\n\r\n,\r\n')).toEqual([
      { a: "1", b: 'x, "y"\nz' },
      { a: "", b: "" },
    ]);
    expect(parseCsv(new TextEncoder().encode("ä\nö"))).toEqual([{ ä: "ö" }]);
    expect(parseCsv("")).toEqual([]);
  });

  it("takes names and delimiter from the caller", () => {
    expect(parseCsv("1;2\n3;4", { columns: ["x", "y"], delimiter: ";" })).toEqual([
      { x: "1", y: "2" },
      { x: "3", y: "4" },
    ]);
  });

  it("reads back any quoted fields", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), fc.string())), (rows) => {
        const text = rows.map((row) => `${row.map(quoted).join(",")}\n`).join("");
        const columns = ["a", "b"] as const;
        expect(parseCsv(text, { columns })).toEqual(rows.map(([a, b]) => ({ a, b })));
      }),
    );
  });

  it.each([
    ["a row too short", "a,b\n1,2\n3", 3],
    ["a row too long", "a,b\n1,2,3", 2],
    ["a quote left open", 'a,b\n1,"2', 2],
    ["text after a quote", 'a,b\n"1"x,2', 2],
    ["two columns of one name", "a,a\n1,2", 1],
  ])("refuses %s and says where", (_, text, row) => {
    expect(() => parseCsv(text)).toThrow(
      expect.objectContaining({ code: "ERR_FORMAT", fields: { row } }),
    );
  });

  it.each(["", ",,", '"', "\n"])("refuses the delimiter %j", (delimiter) => {
    expect(() => parseCsv("a", { delimiter })).toThrow(
      expect.objectContaining({ code: "ERR_RANGE" }),
    );
  });
});

describe("parseTsv", () => {
  it("leaves quotes as they are", () => {
    expect(parseTsv('label\ttext\n1\t"so good\n0\tsays "no"\n')).toEqual([
      { label: "1", text: '"so good' },
      { label: "0", text: 'says "no"' },
    ]);
  });

  it("refuses a row of another length", () => {
    expect(() => parseTsv("a\tb\n1", {})).toThrow(
      expect.objectContaining({ code: "ERR_FORMAT", fields: { row: 2 } }),
    );
  });
});

describe.skipIf(sharedIsMissing)("real tables", () => {
  const read = (name: string) => readFileSync(shared(`data/classification/${name}`));

  it.each([
    ["sst2-train.tsv", 6920],
    ["sst2-dev.tsv", 872],
    ["sst2-test.tsv", 1821],
  ])("reads all of %s", (name, count) => {
    const rows = parseTsv(read(name), { columns: ["label", "sentence"] });
    expect(rows).toHaveLength(count);
    expect(rows.every(({ label }) => label === "0" || label === "1")).toBe(true);
  });

  it("reads the quoted news of AG News", () => {
    const columns = ["label", "title", "description"] as const;
    const rows = parseCsv(read("agnews-test-4000.csv"), { columns });
    expect(rows).toHaveLength(4000);
    for (const label of ["1", "2", "3", "4"])
      expect(rows.filter((row) => row.label === label)).toHaveLength(1000);
  });
});
