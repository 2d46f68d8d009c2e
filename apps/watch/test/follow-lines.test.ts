import { appendFile, open, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { expect, it } from "vitest";
import { followLines } from "../src/follow-lines";
import { thinnedSeries } from "../src/thinned-series";

/** Follows a file. @returns what has been received, and a function that reads on */
function following(path: string) {
  const received: string[] = [];
  const lines = followLines({
    line: (text) => received.push(text),
    skipped: () => received.push("(skipped)"),
    restarted: () => received.push("(restarted)"),
  });
  const read = async () => {
    const file = await open(path);
    try {
      return await lines.read(file);
    } finally {
      await file.close();
    }
  };
  return { received, read };
}

it("hands over lines once they are complete, characters whole", async () => {
  const path = join(await temporaryFolder(), "lines");
  const { received, read } = following(path);
  const text = Buffer.from("é one\ntwo");
  await writeFile(path, text.subarray(0, 1)); // half a character
  expect(await read()).toBe(true);
  await appendFile(path, text.subarray(1));
  await read();
  expect(received).toEqual(["(restarted)", "é one"]);
  await appendFile(path, "\n\nthree\n");
  await read();
  expect(await read()).toBe(false);
  expect(received.slice(2)).toEqual(["two", "three"]);
});

it("passes over a line that is too long, and begins anew with a file that is cut", async () => {
  const path = join(await temporaryFolder(), "lines");
  const { received, read } = following(path);
  await writeFile(path, `a\n${"x".repeat(2 ** 21)}\nb\n`);
  await read();
  expect(received).toEqual(["(restarted)", "a", "(skipped)", "b"]);
  await writeFile(path, "c\n");
  await read();
  expect(received.slice(4)).toEqual(["(restarted)", "c"]);
});

it("keeps a curve of any length in a bounded number of points", () => {
  const series = thinnedSeries();
  for (let step = 1; step <= 100_000; step++) series.add(step, step);
  const points = series.points();
  expect(points.length).toBeLessThanOrEqual(120);
  expect(points.length).toBeGreaterThan(59);
  for (const { x, y } of points) expect(Math.abs(x - y)).toBeLessThan(1); // a mean over the steps that it stands for
  expect(series.last()).toBe(100_000);
  expect(points.map(({ x }) => x)).toEqual(points.map(({ x }) => x).sort((a, b) => a - b));
});
