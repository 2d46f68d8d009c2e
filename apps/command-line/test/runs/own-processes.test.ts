import { writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { afterEach, expect, it, vi } from "vitest";
import { ownProcesses, PROCESSES_FILE } from "../../src/runs/own-processes";

afterEach(() => vi.restoreAllMocks());

it.each([
  ["groups and all processes", { a: { pid: -1, start: "5" }, b: { pid: 0, start: "5" } }],
  ["what is no number", { a: { pid: "1", start: "5" }, b: { pid: 1.5, start: "5" } }],
  ["what is no process", { a: null, b: "x", c: { pid: 2 ** 22 } }],
  ["no object", null],
])("ends none for a record of %s", async (_, record) => {
  const kill = vi.spyOn(process, "kill").mockReturnValue(true);
  const folder = await temporaryFolder();
  const here = Object.entries(Object(record)).map(([name, own]) => [
    name,
    typeof own === "object" && own ? { ...own, host: hostname() } : own,
  ]);
  const text = record === null ? "null" : JSON.stringify(Object.fromEntries(here));
  await writeFile(join(folder, PROCESSES_FILE), text);
  await ownProcesses(folder);
  expect(kill).not.toHaveBeenCalled();
});
