import { claimsText, judge, textTable } from "@deepgrain/lab";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { textRecords } from "../../src/claims/text-table";
import { loss, studyOf } from "../support/runs-of";

const lines = [
  ["scheme", "found", "ratio", "time"],
  ["kgw", "0.95", "1.10", "3 µs"],
  ["synthid", "0.9", "1.02", "11 µs"],
];

describe("a table of plain text", () => {
  it("aligns its columns", () => {
    expect(textTable(lines)).toBe(
      [
        "scheme   found  ratio  time",
        "kgw      0.95   1.10   3 µs",
        "synthid  0.9    1.02   11 µs",
      ].join("\n"),
    );
  });

  it("puts columns that do not fit below, beside the first column again", () => {
    expect(textTable(lines, { columns: 22 })).toBe(
      [
        "scheme   found  ratio",
        "kgw      0.95   1.10",
        "synthid  0.9    1.02",
        "",
        "scheme   time",
        "kgw      3 µs",
        "synthid  11 µs",
      ].join("\n"),
    );
  });

  it("has numbers flush right where that is asked for", () => {
    expect(textTable(lines.slice(0, 2), { isRight: true })).toBe(
      ["scheme  found  ratio  time", "kgw      0.95   1.10  3 µs"].join("\n"),
    );
  });

  it("never is wider than it may be, and keeps every word", () => {
    const word = fc.stringMatching(/^[a-z]{1,12}$/);
    const cell = fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join(" "));
    const table = fc
      .integer({ min: 2, max: 6 })
      .chain((n) => fc.array(fc.array(cell, { minLength: n, maxLength: n }), { minLength: 2 }));
    fc.assert(
      fc.property(table, fc.integer({ min: 26, max: 120 }), (rows, columns) => {
        for (const text of [textTable(rows, { columns }), textRecords(rows, { columns })]) {
          for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(columns);
          const words = new Set(text.split(/\s+/));
          for (const each of rows
            .slice(1)
            .flat()
            .flatMap((one) => one.split(" ")))
            expect(words).toContain(each);
        }
      }),
    );
  });

  it("breaks a word that is longer than the line", () => {
    expect(
      textTable(
        [
          ["name", "word"],
          ["a", "abcdefghij"],
        ],
        { columns: 8 },
      ),
    ).toBe(
      ["name  wo", "      rd", "a     ab", "      cd", "      ef", "      gh", "      ij"].join(
        "\n",
      ),
    );
  });
});

describe("claims on a narrow terminal", () => {
  const { own, runs } = studyOf(
    { a: [1, 2, 3], b: [2.1, 3, 4.2] },
    [{ experiment: "A-1", lower: loss("a"), higher: loss("b"), paper: "1 < 2" }],
    { "A-1": "First" },
  );
  const judgement = judge(own, runs, { correction: "none" });

  it("are records, a line for each cell", () => {
    const text = claimsText(judgement, { columns: 60 });
    expect(text).toContain("claim                      loss: A < B\n");
    expect(text).toContain("difference, 95 % interval  1.100 (0.852 to 1.348)\n");
    for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(60);
    expect(claimsText(judgement, { columns: 200 })).toBe(claimsText(judgement));
  });
});
