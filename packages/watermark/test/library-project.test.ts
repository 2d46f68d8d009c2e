import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { copiedProject } from "./support/libraries/library-project";

it("copies the packages of a project, which is read only: what changes in the copy stays there", () => {
  const given = mkdtempSync(join(tmpdir(), "deepgrain-"));
  onTestFinished(() => rmSync(given, { recursive: true, force: true }));
  for (const name of ["@deepgrain/watermark", "one"]) {
    mkdirSync(join(given, "node_modules", name), { recursive: true });
    writeFileSync(join(given, "node_modules", name, "index.js"), name);
  }
  const before = readdirSync(given, { recursive: true }).sort();
  const folder = copiedProject(given);
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  expect(readFileSync(join(folder, "node_modules/one/index.js"), "utf8")).toBe("one");
  rmSync(join(folder, "node_modules/@deepgrain"), { recursive: true });
  writeFileSync(join(folder, "node_modules/one/index.js"), "another");
  writeFileSync(join(folder, "task.json"), "{}");
  expect(readdirSync(given, { recursive: true }).sort()).toEqual(before);
  expect(readFileSync(join(given, "node_modules/one/index.js"), "utf8")).toBe("one");
});
