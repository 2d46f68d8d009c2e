import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { expect, it } from "vitest";
import { provenance } from "../../src/files/provenance";

it("names the commit of the repository that the study's module lies in", async () => {
  expect((await provenance(import.meta.url)).commit).toMatch(/^[0-9a-f]{40}\+?$/);
  expect((await provenance(undefined)).commit).toMatch(/^[0-9a-f]{40}\+?$/);
});

it("has no commit outside of a repository, and keeps the versions that it is given", async () => {
  const module = pathToFileURL(join(await temporaryFolder(), "study.js")).href;
  const { commit, versions } = await provenance(module, { coin: "1.2.3" });
  expect(commit).toBeNull();
  expect(versions).toEqual({ node: process.versions.node, coin: "1.2.3" });
});
