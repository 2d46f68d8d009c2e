/** @file Runs the code of a package's README and guides as a reader would who copies it into a file. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { vi } from "vitest";
import { checkedComments } from "./said-numbers";

/** A block of code: its text, and `ts` or `js`. */
export interface Block {
  language: string;
  code: string;
}

/**
 * The blocks of a page of Markdown that run in Node, in order: those of `ts` and `js`. Blocks with another info string,
 * such as `ts browser`, are left out.
 *
 * @throws {Error} if there is none
 */
function codeBlocks(packageFolder: string, page: string): Block[] {
  const text = readFileSync(join(packageFolder, page), "utf8");
  const found = text.matchAll(/^```(ts|js)\n([\s\S]*?)^```$/gm);
  const blocks = [...found].map(([, language, code]) => ({ language: language!, code: code! }));
  if (blocks.length === 0) throw new Error(`${packageFolder}/${page}: there is no block that runs`);
  return blocks;
}

/** The first block of the package's README that runs. @throws {Error} if there is none */
export function readmeExample(packageFolder: string): string {
  return codeBlocks(packageFolder, "README.md")[0]!.code;
}

/** Options for running a page. */
export interface PageOptions {
  /** Texts of the code that are replaced, such as the address of a server. */
  replace?: Readonly<Record<string, string>>;
  /** Fills the working directory before a block runs. */
  prepare?: (folder: string) => unknown;
  /** Looks into the working directory after a block has run. */
  inspect?: (folder: string, block: number) => unknown;
}

/**
 * Runs code as a module of the package, in an empty working directory. Numbers in comments at the ends of lines that print are compared
 * with what these print, within 20 %.
 *
 * @returns the arguments of each `console.log`
 */
export async function runBlock(
  packageFolder: string,
  name: string,
  { language, code }: Block,
  { replace = {}, prepare, inspect }: PageOptions = {},
  block = 0,
): Promise<unknown[][]> {
  const results = join(packageFolder, ".vitest");
  mkdirSync(results, { recursive: true });
  const file = join(results, `${name}.${language}`); // inside the package, so that its imports resolve
  const edited = Object.entries(replace).reduce(
    (all, [old, own]) => all.replaceAll(old, own),
    code,
  );
  const { code: recorded, check } = checkedComments(edited);
  writeFileSync(file, recorded);
  const [here, folder] = [process.cwd(), mkdtempSync(join(tmpdir(), "deepgrain-readme-"))];
  const logged: unknown[][] = [];
  const log = vi.spyOn(console, "log").mockImplementation((...values) => void logged.push(values));
  process.chdir(folder);
  try {
    await prepare?.(folder);
    await import(/* @vite-ignore */ file);
    check();
    await inspect?.(folder, block);
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
  return runBlock(packageFolder, "readme-example", codeBlocks(packageFolder, "README.md")[0]!);
}

/**
 * Runs every block of a page that runs in Node, each as a module of its own.
 *
 * @param page path inside the package, such as `docs/choosing-experts.md`
 * @returns per block, the arguments of each `console.log`
 */
export async function runPage(
  packageFolder: string,
  page: string,
  options: PageOptions = {},
): Promise<unknown[][][]> {
  const logs: unknown[][][] = [];
  for (const [i, block] of codeBlocks(packageFolder, page).entries())
    logs.push(await runBlock(packageFolder, `${basename(page, ".md")}-${i}`, block, options, i));
  return logs;
}
