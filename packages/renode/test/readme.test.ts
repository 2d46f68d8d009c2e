import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runBlock } from "@deepgrain/vitest/readme";
import { expect, it } from "vitest";

const folder = fileURLToPath(new URL("..", import.meta.url));

it("shows code in the README that runs, block after block", async () => {
  const text = readFileSync(join(folder, "README.md"), "utf8");
  expect(text.split("\n").length).toBeLessThanOrEqual(150);
  const blocks = [...text.matchAll(/^```[jt]s\n([\s\S]*?)^```$/gm)].map(([, code]) => code);
  const code = blocks.join("\n");
  const logged = (await runBlock(folder, "readme-blocks", { language: "ts", code })).flat();
  const [weights, cover, lines, bytes, isNearer, side, shifted, ofPath, members] = logged;
  const rounded = Object.entries(weights as object).map(([member, weight]) => [
    member,
    weight.toFixed(3),
  ]);
  const written = { 0: "0.595", 4: "1.500", 8: "0.845", 14: "1.405", 31: "1.155", 33: "0.500" };
  expect(Object.fromEntries(rounded)).toEqual(written);
  expect(cover).toBe(1);
  expect([lines, bytes]).toEqual([8, 128 + 34 * 4]);
  expect(isNearer).toBe(true);
  expect(side).toBe("Mr. Hi");
  expect(shifted).toBeGreaterThan(0);
  expect(shifted).toBeLessThan(0.5);
  expect(ofPath).toEqual({ 0: 1.5, 3: 0.5 });
  expect(members).toBe(34);
});
