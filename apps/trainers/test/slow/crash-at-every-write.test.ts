import { describe, expect, it } from "vitest";
import { type Crashed, crashed, crashTable } from "../support/crash-table";
import { crashWays } from "../support/crash-ways";

describe("a fault at every operation on files", () => {
  const rows: Crashed[] = [];

  it.each(crashWays)(
    "leaves nothing behind, and the next call ends as undisturbed: $name",
    async (way) => {
      const row = await crashed(way);
      rows.push(row);
      expect(row.differences).toEqual([]);
    },
  );

  it("is counted in a table", () => {
    console.log(crashTable(rows));
    expect(rows.map(({ name }) => name)).toEqual(crashWays.map(({ name }) => name));
  });
});
