import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readmeExample, runBlock, runReadmeExample } from "@deepgrain/vitest/readme";
import { expect, it } from "vitest";

const folder = fileURLToPath(new URL("..", import.meta.url));
const text = readFileSync(join(folder, "README.md"), "utf8");

it("has at most 150 lines", () => {
  expect(text.split("\n").length).toBeLessThanOrEqual(150);
});

it("shows an example of at most 15 lines in the README that runs and learns", async () => {
  expect(readmeExample(folder).match(/^.*\S.*$/gm)!.length).toBeLessThanOrEqual(15);
  const logged = (await runReadmeExample(folder)) as [number, Record<string, number>][];
  expect(logged).toHaveLength(20);
  expect(logged[0]![0]).toBeCloseTo(Math.LN2, 4);
  expect(logged.at(-1)![0]).toBeLessThan(0.69);
  expect(logged.at(-1)![1]).toMatchObject({ accuracy: 1, kl: expect.any(Number) });
});

it("has further blocks that run one after another behind the example", async () => {
  const blocks = [...text.matchAll(/^```[jt]s\n([\s\S]*?)^```$/gm)].map(([, code]) => code!);
  expect(blocks).toHaveLength(8);
  const lines = blocks.join("\n").split("\n");
  const isImport = (line: string) => line.startsWith("import ");
  const code = [...lines.filter(isImport), ...lines.filter((line) => !isImport(line))].join("\n");
  const logged = await runBlock(folder, "readme-blocks", { language: "ts", code });
  expect(logged.filter(([type]) => type === "train-end")).toHaveLength(3);
});
