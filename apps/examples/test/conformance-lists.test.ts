/** @file Public optimisers, watermark schemes and model families stand in the tests that hold all of their kind to the same rules. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { optim } from "@deepgrain/tensor-gpu";
import { expect, it } from "vitest";
import { packages } from "./support/public-entries";

/** The text of files, or of all files of folders. */
const textOf = (...paths: readonly string[]): string =>
  paths
    .map((path) => join(packages, path))
    .flatMap((place) =>
      statSync(place).isDirectory()
        ? readdirSync(place, { recursive: true, encoding: "utf8" }).map((name) => join(place, name))
        : [place],
    )
    .filter((file) => file.endsWith(".ts"))
    .map((file) => readFileSync(file, "utf8"))
    .join("\n");

it("the conformance suite names every optimiser, or its kernel", () => {
  const optimisers = Object.entries(optim as Readonly<Record<string, unknown>>)
    .filter(
      ([, one]) =>
        typeof (one as { prototype?: { step?: unknown } }).prototype?.step === "function",
    )
    .map(([name]) => name);
  expect(optimisers.length).toBeGreaterThanOrEqual(5);
  const suite = textOf("tensor-gpu/test/conformance/suite");
  const isListed = (name: string) =>
    suite.includes(`optim.${name}(`) || suite.includes(`kernels.${name.toLowerCase()}(`);
  expect(optimisers.filter((name) => !isListed(name))).toEqual([]);
});

it("a round trip is made with every watermark scheme", async () => {
  const { schemeNames } = await import(`${packages}watermark/src/schemes/index.ts`);
  expect(schemeNames.length).toBeGreaterThanOrEqual(11);
  // exp-edit aligns texts instead of testing tokens: its round trips are in a file of its own.
  const tests = textOf("watermark/test/round-trip.test.ts", "watermark/test/exp-edit.test.ts");
  const isListed = (name: string) => tests.includes(`scheme: "${name}"`);
  expect(schemeNames.filter((name: string) => !isListed(name))).toEqual([]);
});

it("tests of configurations and models name every family of language models", async () => {
  const { supportedModelTypes } = await import(`${packages}lm/src/config/parse-config.ts`);
  expect(supportedModelTypes.length).toBeGreaterThan(8);
  const tests = textOf("lm/test/config", "lm/test/model", "lm/test/parity");
  const isListed = (name: string) => new RegExp(`\\b${name}\\b`).test(tests);
  expect(supportedModelTypes.filter((name: string) => !isListed(name))).toEqual([]);
});
