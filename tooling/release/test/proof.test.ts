import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { bundlers } from "../proof/bundlers.mjs";
import { cellOf, NotAvailable, once } from "../proof/cells.mjs";
import { proofPage, reasons } from "../proof/page.mjs";
import { samples } from "../proof/samples.mjs";
import { templateChecks } from "../proof/templates.mjs";
import { errorsOf } from "../proof/types.mjs";
import { publicPackages } from "../workspace.mjs";

const root = join(import.meta.dirname, "../../..");

const one = { name: "@toy/one" };

it("says of each cell that it ran, failed, or why it was not available", async () => {
  const check = (of: () => unknown) => ({ name: "a check", of: async () => of() });
  const cell = { package: "@toy/one", check: "a check" };
  expect(
    await cellOf(
      check(() => undefined),
      one,
    ),
  ).toEqual({ ...cell, outcome: "ran" });
  expect(
    await cellOf(
      check(() => 3),
      one,
    ),
  ).toEqual({ ...cell, outcome: "ran", value: 3 });
  const failure = Object.assign(new Error("no"), { stderr: "\u001b[31mbroken\u001b[39m\n" });
  const fails = check(() => {
    throw failure;
  });
  expect(await cellOf(fails, one)).toEqual({ ...cell, outcome: "failed", reason: "no\nbroken" });
  const lacks = check(() => {
    throw new NotAvailable("no Bun here");
  });
  expect(await cellOf(lacks, one)).toEqual({
    ...cell,
    outcome: "not available",
    reason: "no Bun here",
  });
});

it("makes once what many checks share, failures included", async () => {
  let made = 0;
  const shared = once(async (key: string) => {
    made++;
    if (key === "bad") throw new Error("bad");
    return key;
  });
  expect(await Promise.all([shared("a"), shared("a"), shared("b")])).toEqual(["a", "a", "b"]);
  await expect(shared("bad")).rejects.toThrow("bad");
  await expect(shared("bad")).rejects.toThrow("bad");
  expect(made).toBe(3);
});

it("shows every cell on a page, and each reason once", () => {
  const cells = [
    { package: "a", check: "x", outcome: "ran", value: { number: 1 } },
    { package: "a", check: "y", outcome: "failed", reason: "<b> & more" },
    { package: "b", check: "x", outcome: "not available", reason: "no Bun" },
    { package: "b", check: "y", outcome: "failed", reason: "<b> & more" },
  ];
  expect(reasons(cells, "failed")).toEqual([{ reason: "<b> & more", places: ["a: y", "b: y"] }]);
  const proof = { packages: ["a", "b"], checks: ["x", "y"], cells, processorSeconds: { x: 1.25 } };
  const page = proofPage(proof);
  expect(page).toContain("2 packages, 2 checks: 1 ran, 2 failed, 1 not available.");
  expect(page.match(/<td title/g)).toHaveLength(4);
  expect(page).toContain("2 × &#60;b&#62; &#38; more");
  expect(page).not.toMatch(/<b>|src=|href=/);
});

it("counts an error of types against the package that it is in, and of others against those that use them", () => {
  const packages = [
    { name: "@toy/one", peerDependencies: { other: "^1.0.0" } },
    { name: "@toy/two", dependencies: { "@ai-sdk/provider": "^3.0.0" } },
  ];
  const lines = [
    "package-0.ts(1,1): error TS1: a",
    "node_modules/@toy/two/dist/index.d.ts(1,1): error TS2: b",
    "node_modules/other/index.d.ts(1,1): error TS3: c",
    "node_modules/nobody/index.d.ts(1,1): error TS4: d",
    "node_modules/@ai-sdk/provider/dist/index.d.ts(1,1): error TS5: of another kind",
    "error TS6: e",
    "node_modules/@ai-sdk/provider-utils/index.d.ts(1,1): error TS7: Type 'Uint8Array' is not generic.",
  ];
  const [first, second] = packages.map((each) => errorsOf(each, lines, packages));
  expect(first).toEqual([0, 2, 3, 5].map((i) => lines[i]));
  expect(second).toEqual([1, 3, 4, 5].map((i) => lines[i]));
});

it("has a row of the bundler matrix for each package that the guide names, and no other", () => {
  const names = publicPackages(root).map(({ name }) => name);
  expect(Object.keys(samples)).toHaveLength(9);
  for (const name of Object.keys(samples)) expect(names).toContain(name);
  expect(Object.keys(bundlers)).toEqual(["esbuild", "vite", "rollup", "webpack"]);
});

it("has a check for each template of npm create deepgrain", () => {
  const list = readFileSync(join(root, "packages/create-deepgrain/src/templates.ts"), "utf8");
  const names = [...list.matchAll(/^ {2}(\w+): \{ folder:/gm)].map(([, name]) => name);
  expect(names).toHaveLength(6);
  const checks = templateChecks({}).map(({ name }) => name);
  expect(checks.toSorted()).toEqual(names.map((name) => `template ${name}`).toSorted());
});
