import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { deepgrain } from "../../src/commands";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const page = readFileSync(`${root}docs/architecture.md`, "utf8");

/** Where the folders of each column of the table "Where to find a system" lie; its last column has whole paths. */
const places = [["packages/", "apps/trainers/src/"], ["apps/studies/"], [""]];

const [, section = ""] = page.split("## Where to find a system\n");
const table = section
  .split("\n## ")[0]!
  .split("\n")
  .filter((line) => line.startsWith("| "))
  .slice(2)
  .map((line) => line.split("|").slice(2, -1));

/** The paths in the rows of that table, by row. */
const rows = table.map(([, ...cells]) =>
  cells.flatMap((cell, i) =>
    /`([^`]+)`/.exec(cell) ? places[i]!.map((place) => place + cell.trim().slice(1, -1)) : [],
  ),
);

const foldersIn = (path: string): string[] =>
  readdirSync(`${root}${path}`, { withFileTypes: true })
    .filter(
      (entry) => entry.isDirectory() && readdirSync(`${root}${path}/${entry.name}`).length > 0,
    )
    .map(({ name }) => name);

/** Folders of the command line that are no command group. */
const others = ["compare", "bench", "runs"];

describe("the table of systems", () => {
  it("names paths that exist", () => {
    expect(rows.length).toBeGreaterThan(10);
    for (const path of rows.flat()) expect(existsSync(`${root}${path}`), path).toBe(true);
  });

  it("names commands that exist", () => {
    const names = table.flatMap(([cell]) =>
      [...cell!.matchAll(/`([^`]+)`/g)].map(([, name]) => name),
    );
    expect(names.length).toBeGreaterThan(10);
    expect(Object.keys(deepgrain.commands)).toEqual(expect.arrayContaining(names));
  });

  it("has each folder of commands in one row, named as that row's package", () => {
    const groups = foldersIn("apps/trainers/src").filter((name) => !others.includes(name));
    for (const name of groups) {
      const own = rows.filter((paths) => paths.includes(`apps/trainers/src/${name}`));
      expect(own, name).toHaveLength(1);
      expect(own[0], name).toContain(`packages/${name}`);
    }
  });

  it("has each folder of studies in one row", () => {
    const papers = foldersIn("apps/studies").filter((name) =>
      existsSync(`${root}apps/studies/${name}/study.ts`),
    );
    expect(papers.length).toBeGreaterThanOrEqual(10);
    for (const name of papers)
      expect(
        rows.filter((paths) => paths.includes(`apps/studies/${name}`)),
        name,
      ).toHaveLength(1);
  });
});
