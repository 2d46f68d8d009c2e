/** @file Runs the example of a package's README as a reader would who copies it into a file. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vi } from "vitest";

/** The first TypeScript block of the package's README. @throws {Error} where there is none */
export function readmeExample(packageFolder: string): string {
  const text = readFileSync(join(packageFolder, "README.md"), "utf8");
  const code = /^```ts\n([\s\S]*?)^```$/m.exec(text)?.[1];
  if (code === undefined) throw new Error(`${packageFolder}/README.md: there is no block of ts`);
  return code;
}

/**
 * Runs the README's example in an empty folder.
 * @returns what it logged, a list of arguments a call
 */
export async function runReadmeExample(packageFolder: string): Promise<unknown[][]> {
  const results = join(packageFolder, ".vitest");
  mkdirSync(results, { recursive: true });
  const file = join(results, "readme-example.ts"); // inside the package, so that its imports resolve
  writeFileSync(file, readmeExample(packageFolder));
  const [here, folder] = [process.cwd(), mkdtempSync(join(tmpdir(), "deepgrain-readme-"))];
  const logged: unknown[][] = [];
  const log = vi.spyOn(console, "log").mockImplementation((...values) => void logged.push(values));
  process.chdir(folder);
  try {
    await import(/* @vite-ignore */ file);
    return logged;
  } finally {
    process.chdir(here);
    log.mockRestore();
    rmSync(folder, { recursive: true, force: true });
    rmSync(file, { force: true });
  }
}
