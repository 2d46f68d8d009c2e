import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

const folder = new URL("../../../../docs/guides/", import.meta.url);
const guides = readdirSync(folder).filter((name) => name.endsWith(".md"));

it("has guides of at most 120 lines", () => {
  expect(guides.length).toBeGreaterThanOrEqual(9);
  for (const name of guides) {
    const lines = readFileSync(new URL(name, folder), "utf8").trimEnd().split("\n");
    expect([name, lines.length <= 120]).toEqual([name, true]);
  }
});

it("names every guide in its list and on the front page", () => {
  const list = readFileSync(new URL("README.md", folder), "utf8");
  for (const name of guides.filter((own) => own !== "README.md"))
    expect(list).toContain(`(${name})`);
  const front = readFileSync(new URL("../../README.md", folder), "utf8");
  expect(front).toContain("(docs/guides/README.md)");
});
