import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { format } from "node:util";
import { afterEach, describe, expect, it, vi } from "vitest";
import { readmeBlocks } from "./support/readme-blocks";

const folder = fileURLToPath(new URL("../.vitest", import.meta.url));
afterEach(() => vi.restoreAllMocks());

describe("the README", () => {
  it.each(
    readmeBlocks()
      .filter(({ needsBroker }) => !needsBroker)
      .map((block, i) => [i + 1, block] as const),
  )("block %i prints what it says", async (i, { code, prints }) => {
    mkdirSync(folder, { recursive: true });
    const file = `${folder}/readme-${i}.ts`; // inside the package, so that its imports resolve
    writeFileSync(file, code);
    const printed: string[] = [];
    vi.spyOn(console, "log").mockImplementation(
      (...values) => void printed.push(format(...values)),
    );
    await import(/* @vite-ignore */ file);
    rmSync(file);
    expect(prints.length).toBeGreaterThan(0);
    expect(printed).toEqual(prints);
  });

  it("starts with a short example and has at most 150 lines", async () => {
    const [first] = readmeBlocks();
    expect(readFileSync(`${folder}/../README.md`, "utf8").split("\n").length).toBeLessThanOrEqual(
      150,
    );
    expect(first!.code.trim().split("\n").length).toBeLessThanOrEqual(36);
  });
});
