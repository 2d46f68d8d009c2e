import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { unpacked } from "./check-tarball.mjs";
import { withAddresses } from "./readme-links.mjs";
import { call, publicPackages, say } from "./workspace.mjs";

/** Packs a tarball again, with addresses in its README, under its name. */
const withReadme = (tarball, manifest, folder) =>
  unpacked(tarball, (own) => {
    const readme = join(own, "README.md");
    writeFileSync(readme, withAddresses(readFileSync(readme, "utf8"), manifest));
    call(own, "npm", ["pack", "--silent", "--ignore-scripts", "--pack-destination", folder]);
  });

/**
 * Builds and packs all packages as they are published.
 *
 * @param folder empty; gets the tarballs
 * @param env of the build
 * @returns the manifest of each, with its `tarball`
 */
export function packAll(root, folder, env = {}) {
  const packages = publicPackages(root);
  say(`Building and packing ${packages.length} packages`);
  const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  // Declarations too, whatever was built last.
  const own = { ...env, DEEPGRAIN_BUILD: undefined };
  const pnpm = (cwd, ...args) => call(cwd, "npx", ["--yes", packageManager, ...args], own);
  const filters = packages.map(({ name }) => `--filter=${name}`);
  pnpm(root, "exec", "turbo", "run", "build", ...filters, "--output-logs=errors-only");
  return packages.map((each) => {
    const before = new Set(readdirSync(folder));
    pnpm(each.path, "pack", "--silent", "--pack-destination", folder);
    const tarball = join(
      folder,
      readdirSync(folder).find((name) => !before.has(name)),
    );
    withReadme(tarball, each, folder);
    return { ...each, tarball };
  });
}
