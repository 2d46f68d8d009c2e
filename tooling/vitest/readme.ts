/** @file Runs the code of a package's README and guides as a reader would who copies it into a file. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { vi } from "vitest";

/**
 * The blocks of JavaScript and TypeScript of a page of Markdown, in order. Blocks with another info string, such as `js browser`, are left
 * out.
 *
 * @throws {Error} if there is none
 */
function codeBlocks(packageFolder: string, page: string): string[] {
  const text = readFileSync(join(packageFolder, page), "utf8");
  const blocks = [...text.matchAll(/^```[jt]s\n([\s\S]*?)^```$/gm)].map(([, code]) => code!);
  if (blocks.length === 0) throw new Error(`${packageFolder}/${page}: there is no block of code`);
  return blocks;
}

/** The first block of the package's README. @throws {Error} if there is none */
export function readmeExample(packageFolder: string): string {
  return codeBlocks(packageFolder, "README.md")[0]!;
}

/** Runs code as a module of the package, in an empty working directory. @returns the arguments of each `console.log` */
async function runBlock(packageFolder: string, name: string, code: string): Promise<unknown[][]> {
  const results = join(packageFolder, ".vitest");
  mkdirSync(results, { recursive: true });
  const file = join(results, `${name}.ts`); // inside the package, so that its imports resolve
  writeFileSync(file, code);
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

/** Runs the first block of the README. @returns the arguments of each `console.log` */
export function runReadmeExample(packageFolder: string): Promise<unknown[][]> {
  return runBlock(packageFolder, "readme-example", readmeExample(packageFolder));
}

/**
 * Runs every block of a page, each as a module of its own.
 *
 * @param page path inside the package, such as `docs/choosing-experts.md`
 * @returns per block, the arguments of each `console.log`
 */
export async function runPage(packageFolder: string, page: string): Promise<unknown[][][]> {
  const logs: unknown[][][] = [];
  for (const [i, code] of codeBlocks(packageFolder, page).entries())
    logs.push(await runBlock(packageFolder, `${basename(page, ".md")}-${i}`, code));
  return logs;
}
