import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseMathShepherd } from "../../src/formats/math-shepherd";
import { type RowEvent, readRows } from "../../src/formats/read-rows";

describe("reading JSON lines", () => {
  it("reports malformed rows with their line and counts them, however the bytes are cut", async () => {
    const text = '\uFEFF{"a":"\u2028é"}\r\n\nnot json\n{"a":1}\n{"a":"last"}';
    const parse = (json: unknown) => formatTrlLike(json);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 9 }), async (size) => {
        const bytes = new TextEncoder().encode(text);
        const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
          bytes.slice(i * size, (i + 1) * size),
        );
        const events: RowEvent<string>[] = [];
        for await (const event of readRows(pieces, parse)) events.push(event);
        expect(events.map((e) => ("line" in e ? [e.type, e.line] : e))).toEqual([
          ["row", 1],
          ["row-reject", 3],
          ["row-reject", 4],
          ["row", 5],
          { type: "rows-end", rows: 2, rejected: 2 },
        ]);
        expect(events[0]).toMatchObject({ value: "\u2028é" });
        expect((events[2] as { error: Error }).error.message).toBe(
          "prm/readRows: line 4: input is missing: expected text",
        );
      }),
    );
  });

  function formatTrlLike(json: unknown): string {
    const { a } = json as { a: unknown };
    if (typeof a !== "string") parseMathShepherd(json);
    return a as string;
  }
});
