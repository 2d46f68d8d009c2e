import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { unpacked } from "./check-tarball.mjs";
import { missingFiles } from "./missing-files.mjs";
import { withAddresses } from "./readme-links.mjs";
import { call, publicPackages, say } from "./workspace.mjs";

/**
 * A manifest as it is published: of the packages of the family, it takes those that are released with it and patches of them.
 *
 * In the repository peers have a range that no version below 1.0.0 leaves, as Changesets answers with 1.0.0 otherwise.
 *
 * @param names of the family
 */
export function publishedManifest(manifest, names) {
  const { version, peerDependencies = {} } = manifest;
  const ours = Object.keys(peerDependencies).filter((name) => names.includes(name));
  const ranges = Object.fromEntries(ours.map((name) => [name, `^${version}`]));
  if (ours.length === 0) return manifest;
  return { ...manifest, peerDependencies: { ...peerDependencies, ...ranges } };
}

/** Packs a tarball again, with addresses in its README and the ranges of its peers, under its name. */
const asPublished = (tarball, manifest, names, folder) =>
  unpacked(tarball, (own) => {
    const file = join(own, "package.json");
    const packed = publishedManifest(JSON.parse(readFileSync(file, "utf8")), names);
    writeFileSync(file, `${JSON.stringify(packed, null, 2)}\n`);
    const readme = join(own, "README.md");
    writeFileSync(readme, withAddresses(readFileSync(readme, "utf8"), manifest));
    call(own, "npm", ["pack", "--silent", "--ignore-scripts", "--pack-destination", folder]);
  });

/** The file that npm packs a package into. */
const tarballName = ({ name, version }) =>
  `${name.replace("@", "").replace("/", "-")}-${version}.tgz`;

/**
 * Builds and packs packages as they are published.
 *
 * @param folder empty; gets the tarballs
 * @param env of the build
 * @param packages all by default
 * @returns the manifest of each, with its `tarball`
 * @throws {Error} before the first is packed, for a file that one names and lacks
 */
export function packAll(root, folder, env = {}, packages = publicPackages(root)) {
  say(`Building and packing ${packages.length} packages`);
  const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  // Declarations too, whatever was built last.
  const own = { ...env, DEEPGRAIN_BUILD: undefined };
  const pnpm = (...args) => call(root, "npx", ["--yes", packageManager, ...args], own);
  const filters = packages.map(({ name }) => `--filter=${name}`);
  pnpm("exec", "turbo", "run", "build", ...filters, "--output-logs=errors-only");
  const faults = packages.flatMap(({ name, path }) =>
    missingFiles(path).map((fault) => `${name} ${fault}`),
  );
  if (faults.length > 0) throw new Error(`nothing was packed: ${faults.join("; ")}`);
  const names = publicPackages(root).map(({ name }) => name);
  pnpm(...filters, "pack", "--silent", "--pack-destination", folder);
  return packages.map((each) => {
    const tarball = join(folder, tarballName(each));
    asPublished(tarball, each, names, folder);
    return { ...each, tarball };
  });
}
