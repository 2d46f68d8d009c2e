/** @file Every command line in a README or a guide names commands and flags that exist. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { kebabCase } from "@deepgrain/command-line/flags/kebab-case";
import { describe, expect, it } from "vitest";
import { deepgrain } from "../../src/commands";
import { leavesOf } from "../support/output-flags";

const root = fileURLToPath(new URL("../../../../", import.meta.url));

/** The pages below a folder, as paths from the root. */
const pagesIn = (folder: string): string[] =>
  readdirSync(`${root}${folder}`, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory())
      return /^\.|^(?:node_modules|dist|runs|api)$/.test(entry.name)
        ? []
        : pagesIn(`${folder}${entry.name}/`);
    return /\.md$/.test(entry.name) && entry.name !== "CHANGELOG.md"
      ? [`${folder}${entry.name}`]
      : [];
  });

const pages = [
  "README.md",
  "CONTRIBUTING.md",
  ...["apps/", "bench/", "docs/", "packages/"].flatMap(pagesIn),
];

/** Flags as they may be typed, by command. */
const flagsOf = new Map(
  (await leavesOf(deepgrain)).map(({ name, command }) => [
    name,
    new Set([
      ...["--help", "--quiet"],
      ...Object.entries(command.flags).flatMap(([flag, { official, negated }]) => [
        ...[flag, ...official].map((one) => `--${kebabCase(one)}`),
        ...(negated === undefined ? [] : [`--no-${kebabCase(flag)}`]),
      ]),
    ]),
  ]),
);

/** Lines of code blocks, continued ones joined, and spans of code. */
function codeIn(text: string): string[] {
  const blocks = [...text.matchAll(/^```\w*\n([\s\S]*?)^```/gm)].flatMap(([, block]) =>
    block!.replaceAll("\\\n", " ").split("\n"),
  );
  const rest = text.replaceAll(/^```[\s\S]*?^```/gm, "");
  return [...blocks, ...[...rest.matchAll(/`([^`]+)`/g)].map(([, span]) => span!)];
}

/** The command lines of a page: the command's name and its flags. */
function callsIn(text: string): { line: string; name: string; flags: string[] }[] {
  return codeIn(text).flatMap((code) => {
    const line = code.replaceAll(/\s+/g, " ").trim();
    const typed = line
      .replace(/^(?:npx |npm run -s )?deepgrain (?:-- )?/, "")
      .split(/ (?:#|\||>|&&) ?/)[0]!;
    const words = typed.split(" ");
    const name = [words.slice(0, 2).join(" "), words[0]!].find((one) => flagsOf.has(one));
    const flags = [...typed.matchAll(/(?<![\w-])--[a-z][\w-]*/g)].map(([flag]) =>
      flag.replaceAll("_", "-"),
    );
    return name !== undefined && flags.length > 0 ? [{ line, name, flags }] : [];
  });
}

const documented = pages.flatMap((page) =>
  callsIn(readFileSync(`${root}${page}`, "utf8")).map((call) => ({ page, ...call })),
);

describe("the command lines of READMEs and guides", () => {
  it("are found", () => {
    expect(documented.length).toBeGreaterThan(100);
    expect(new Set(documented.map(({ name }) => name)).size).toBeGreaterThan(30);
  });

  it.each(documented)("$page: $line", ({ name, flags }) => {
    for (const flag of flags) expect([...flagsOf.get(name)!]).toContain(flag);
  });
});
