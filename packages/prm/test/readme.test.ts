import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readmeExample, runBlock } from "@deepgrain/vitest/readme";
import { expect, it } from "vitest";

const folder = fileURLToPath(new URL("..", import.meta.url));
const text = readFileSync(join(folder, "README.md"), "utf8");

it("has at most 150 lines, and an example of at most 15", () => {
  expect(text.split("\n").length).toBeLessThanOrEqual(150);
  expect(readmeExample(folder).match(/^.*\S.*$/gm)!.length).toBeLessThanOrEqual(15);
});

it("has a block about models that prints what it says; the others run from the tarball", async () => {
  const blocks = [...text.matchAll(/^```[jt]s\n([\s\S]*?)^```$/gm)].map(([, code]) => code!);
  const block = blocks.find((code) => code.includes("@deepgrain/prm/lm"))!;
  const logged = await runBlock(folder, "readme-lm", { language: "ts", code: block });
  expect(logged).toEqual([[60], [[true, false]]]);
});
