/** @file No test reads a clock to judge: on a busy machine or a slow processor it would fail without a fault. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** Reads of a clock in tests that decide nothing, with what they are for. */
const allowed: Readonly<Record<string, string>> = {
  "packages/fedlt/test/features/stopping.test.ts": "makes a chunk of work last",
  "packages/prm/test/slow/annotate-by-queue.test.ts":
    "a least time, which no slow machine undercuts",
  "packages/prm/test/completers/request-gate.test.ts": "a clock of its own",
  "packages/serve/test/features/long-schemas.test.ts": "a clock of its own",
  "packages/tensor-gpu/test/choosing/use-best-backend.test.ts": "a clock of its own",
  "packages/tensor-gpu/test/slow/lost-threads.test.ts": "runs kernels while a thread is ended",
};

const clock = /performance\.now\(|Date\.now\(|cpuUsage\(|hrtime|resourceUsage\(/;
/** A limit of a test's or hook's own: the configuration gives ten minutes. Without one, `waitFor` and `poll` give one second. */
const shortLimit =
  /^ {0,2}\}, \d{1,3}_?000\);|(waitFor|waitUntil|\.poll)\((?![\s\S]{0,500}(timeout:|PATIENCE))/m;

/** The pages of `visit` wait for five minutes. */
const opensPatientPages = (text: string) => /from "\.\/support\/site"|PageRun/.test(text);

const tests = [".", "packages", "apps", "apps/studies"].flatMap((group) =>
  readdirSync(join(root, group))
    .map((name) => join(root, group, name, "test"))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: "utf8" })
        .filter((path) => path.endsWith(".ts"))
        .map((path) => join(folder, path)),
    ),
);

it("reads a clock nowhere but where that decides nothing", () => {
  const reading = tests.filter((path) => clock.test(readFileSync(path, "utf8")));
  expect(reading.map((path) => relative(root, path))).toEqual(
    expect.arrayContaining(Object.keys(allowed)),
  );
  expect(reading.map((path) => relative(root, path)).filter((path) => !allowed[path])).toEqual([]);
});

it("gives no test less time than the configuration does, and waits for nothing for one second", () => {
  const limited = tests.filter((path) => {
    const text = readFileSync(path, "utf8");
    return shortLimit.test(opensPatientPages(text) ? text.replaceAll(".waitFor(", "") : text);
  });
  expect(limited.map((path) => relative(root, path))).toEqual([]);
});
