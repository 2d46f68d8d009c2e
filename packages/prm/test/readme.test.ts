import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readmeExample } from "@deepgrain/vitest/readme";
import { expect, it, vi } from "vitest";

const folder = fileURLToPath(new URL("..", import.meta.url));
const text = readFileSync(join(folder, "README.md"), "utf8");

it("has at most 150 lines, and an example of at most 15", () => {
  expect(text.split("\n").length).toBeLessThanOrEqual(150);
  expect(readmeExample(folder).match(/^.*\S.*$/gm)!.length).toBeLessThanOrEqual(15);
});

it("has a block about models that prints what it says; the others run from the tarball", async () => {
  const blocks = [...text.matchAll(/^```[jt]s\n([\s\S]*?)^```$/gm)].map(([, code]) => code!);
  const block = blocks.find((code) => code.includes("@deepgrain/prm/lm"))!;
  const file = join(folder, ".vitest", "readme-lm.ts");
  mkdirSync(join(folder, ".vitest"), { recursive: true });
  writeFileSync(file, block);
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  try {
    await import(/* @vite-ignore */ file);
    expect(log.mock.calls).toEqual([[60], [[true, false]]]);
  } finally {
    log.mockRestore();
    rmSync(file, { force: true });
  }
});
