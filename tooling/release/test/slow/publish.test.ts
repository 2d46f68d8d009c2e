import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, expect, it, vi } from "vitest";
import { inOrder, publishTarballs } from "../../publish.mjs";
import { type FakeRegistry, startFakeRegistry } from "../support/fake-registry";
import { pack, toyFiles, writeFiles } from "../support/toy-package";

const folder = mkdtempSync(join(tmpdir(), "deepgrain-publish-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
/** By name, each with what it depends on. */
const family: Record<string, object> = {
  deepgrain: { bin: { deepgrain: "./dist/index.js" } },
  "@toy/top": { dependencies: { "@toy/middle": "^0.1.0" } },
  "@toy/middle": { peerDependencies: { "@toy/base": "^0.1.0" } },
  "@toy/base": {},
};
const order = ["@toy/base", "@toy/middle", "@toy/top", "deepgrain"];

let registry: FakeRegistry;
let count = 0;
beforeEach(async () => {
  registry = await startFakeRegistry();
  vi.spyOn(process.stdout, "write").mockReturnValue(true);
});
afterEach(() => {
  registry.close();
  vi.restoreAllMocks();
});

function packed(files: Record<string, string | undefined> = {}) {
  const place = join(folder, `family-${count++}`);
  return Object.entries(family).map(([name, manifest], i) => {
    const own = toyFiles(name, manifest);
    const tarball = pack(join(place, `${i}`), { ...own, ...(i === 1 ? files : {}) });
    return { ...JSON.parse(own["package.json"]!), tarball };
  });
}

/** The settings npm is started with, which name the registry alone, below an npm that is silent. */
function access(token = "token") {
  const cwd = join(folder, `npm-${count++}`);
  const login = token === "" ? "" : `${registry.address.slice(5)}:_authToken=${token}\n`;
  writeFiles(cwd, { ".npmrc": login, "package.json": "{}" });
  const quiet = { npm_config_fetch_retries: "0", npm_config_loglevel: "silent" };
  const env = { npm_config_registry: registry.address, ...quiet };
  return { cwd, env: { ...env, npm_config_cache: join(folder, "cache") } };
}

it("goes in order of dependence, the command line last", () => {
  expect(inOrder(packed()).map(({ name }) => name)).toEqual(order);
});

it("says how many are there when the registry dies, and a second call publishes the rest", async () => {
  const packages = packed();
  registry.refuse = (name) => (name === "@toy/top" ? 0 : undefined);
  await expect(publishTarballs(packages, "/none", access())).rejects.toThrow(
    /^@toy\/top 0.1.0 was not published \(\w+\): the registry does not answer; .*; 2 of 4 are published$/,
  );
  expect([...registry.packages.keys()]).toEqual(order.slice(0, 2));
  registry.refuse = (name) => (order.indexOf(name) < 2 ? 500 : undefined);
  await publishTarballs(packages, "/none", access());
  expect([...registry.packages.keys()]).toEqual(order);
  for (const { name, tarball } of packages)
    expect(registry.packages.get(name)!.tarball.equals(readFileSync(tarball))).toBe(true);
});

it("refuses a version that is published with other files, not one that was packed otherwise", async () => {
  const [one] = packed();
  await publishTarballs([one!], "/none", access());
  const files = toyFiles("deepgrain", family.deepgrain);
  const again = pack(join(folder, "again"), files, 1);
  expect(readFileSync(again)).not.toEqual(readFileSync(one!.tarball));
  await publishTarballs([{ ...one!, tarball: again }], "/none", access());
  const other = pack(join(folder, "other"), {
    ...files,
    "dist/index.js": "export const one = 2;\n",
  });
  await expect(publishTarballs([{ ...one!, tarball: other }], "/none", access())).rejects.toThrow(
    /^deepgrain 0.1.0 is published with another dist\/index.js; give it a new version/,
  );
  expect(registry.packages.get("deepgrain")!.tarball).toEqual(readFileSync(one!.tarball));
});

it("publishes nothing where one lacks a declaration", async () => {
  const packages = packed({ "dist/index.d.ts": undefined });
  await expect(publishTarballs(packages, "/none", access())).rejects.toThrow(
    "nothing was published: @toy/top lacks dist/index.d.ts, which exports . types names",
  );
  expect(registry.packages.size).toBe(0);
});

it.each([
  ["lacks the scope", 403, "token", /\(E403\): log in \(npm login\) with an account that may/],
  ["has no login", 201, "", /\(ENEEDAUTH\): log in with npm login, then call again/],
  ["does not know the scope", 404, "token", /\(E404\): log in \(npm login\) with an account/],
])("says what to do where the login %s", async (_, status, token, words) => {
  registry.refuse = () => status;
  const [one] = packed();
  await expect(publishTarballs([one!], "/none", access(token))).rejects.toThrow(words);
  expect(registry.packages.size).toBe(0);
});
