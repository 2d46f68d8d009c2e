import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it, vi } from "vitest";

const folder = fileURLToPath(new URL("..", import.meta.url));

it("shows code in the README that runs, block after block, and fits the curve", async () => {
  const text = readFileSync(join(folder, "README.md"), "utf8");
  const blocks = [...text.matchAll(/^```[jt]s\n([\s\S]*?)^```$/gm)].map(([, code]) => code!);
  expect(blocks).toHaveLength(3);
  const file = join(folder, ".vitest", "readme-blocks.ts"); // inside the package, so that its imports resolve
  mkdirSync(join(folder, ".vitest"), { recursive: true });
  writeFileSync(file, blocks.join("\n"));
  const [here, empty] = [process.cwd(), mkdtempSync(join(tmpdir(), "deepgrain-trainer-"))];
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  process.chdir(empty);
  try {
    await import(/* @vite-ignore */ file);
    expect(log).toHaveBeenCalledTimes(300);
    const [step, loss] = log.mock.lastCall as [number, number];
    expect(step).toBe(300);
    expect(loss).toBeLessThan(0.05);
    const names = ["step-000200", "step-000300"];
    expect(readdirSync(join("run", "checkpoints")).sort()).toEqual(names);
    const kept = readdirSync(join("run", "with-teacher", "step-000300"));
    expect(kept).toEqual(expect.arrayContaining(["teacher", "rewards", "model.safetensors"]));
  } finally {
    process.chdir(here);
    log.mockRestore();
    for (const path of [empty, file]) rmSync(path, { recursive: true, force: true });
  }
});
