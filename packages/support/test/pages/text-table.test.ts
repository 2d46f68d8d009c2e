import { textRecords, textTable } from "@deepgrain/support/pages";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

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

  it("shows control characters as escapes on a terminal, and stays aligned", () => {
    const hostile = [
      ["name", "x"],
      ["\u001b[2J", "1"],
    ];
    expect(textTable(hostile, { columns: 40 })).toBe("name       x\n\\u001b[2J  1");
    expect(textRecords(hostile, { columns: 6 })).not.toContain("\u001b");
    expect(textTable(hostile)).toContain("\u001b[2J");
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
    ).toBe(["nam  wor", "e    d", "a    abc", "     def", "     ghi", "     j"].join("\n"));
  });
});
