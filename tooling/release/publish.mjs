/**
 * @file Publishes all packages: everything is checked before the first goes out, each is asked for afterwards, and a second call
 * publishes what is left.
 */
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { assertNoneWaiting } from "./changesets.mjs";
import { tarballFaults } from "./check-tarball.mjs";
import { packAll } from "./pack-all.mjs";
import { differingFile, publishedHash, publishTarball } from "./registry.mjs";
import { assertCommitted, assertTagsFree, tagRelease } from "./tags.mjs";
import { publicPackages, say } from "./workspace.mjs";

/** Times that the registry is asked for what it has just taken, a second apart. */
const mostQuestions = 60;

const hashOf = (tarball) =>
  `sha512-${createHash("sha512").update(readFileSync(tarball)).digest("base64")}`;

/** In order of dependence, programs last. */
export function inOrder(packages) {
  const placed = new Set();
  const place = (one) => {
    if (placed.has(one)) return;
    const { dependencies, peerDependencies, optionalDependencies } = one;
    const wanted = { ...dependencies, ...peerDependencies, ...optionalDependencies };
    for (const each of packages) if (each !== one && wanted[each.name] !== undefined) place(each);
    placed.add(one);
  };
  for (const one of packages) if (!one.bin) place(one);
  for (const one of packages) place(one);
  return [...placed];
}

/** Those that the registry does not have. @throws {Error} where it has another one of a version */
async function unpublished(packages, access) {
  const left = [];
  for (const one of packages) {
    const hash = await publishedHash(one, access);
    if (hash === undefined) left.push(one);
    else if (hash !== hashOf(one.tarball)) {
      const file = await differingFile(one, access);
      if (file !== undefined)
        throw new Error(
          `${one.name} ${one.version} is published with another ${file}; give it a new version (npm run release -- --version)`,
        );
    }
  }
  return left;
}

/** Waits until the registry has what it took. @throws {Error} where it has something else, or nothing */
async function confirm(one, access) {
  for (let asked = 0; asked < mostQuestions; asked++) {
    const hash = await publishedHash(one, access);
    if (hash === hashOf(one.tarball)) return;
    if (hash !== undefined)
      throw new Error(`${one.name} ${one.version} is in the registry with another hash, ${hash}`);
    await pause(1000);
  }
  throw new Error(`${one.name} ${one.version} was taken and is not there; call again later`);
}

/**
 * Publishes tarballs that are not in the registry.
 *
 * @param packages manifests with `tarball`
 * @param root of the repository, which no tarball may name
 * @param access `cwd`, whose settings npm reads, and `env`; `onPublished` is called with the number of those that are there
 * @throws {Error} before the first goes out, for a fault in any and for a version that is there with other files; and for the
 *   first that the registry does not take, saying how many it has
 */
export async function publishTarballs(packages, root, access) {
  const faults = packages.flatMap(({ name, tarball }) =>
    tarballFaults(tarball, root).map((fault) => `${name} ${fault}`),
  );
  if (faults.length > 0) throw new Error(`nothing was published: ${faults.join("; ")}`);
  const left = await unpublished(inOrder(packages), access);
  let count = packages.length - left.length;
  if (count > 0) say(`${count} of ${packages.length} are published already`);
  for (const one of left) {
    try {
      await publishTarball(one, access);
      await confirm(one, access);
    } catch ({ message }) {
      throw new Error(`${message}; ${count} of ${packages.length} are published`);
    }
    say(`Published ${one.name} ${one.version} (${++count} of ${packages.length})`);
    access.onPublished?.(count);
  }
}

/** Publishes the repository's packages to the registry in use, and tags them. @param access as {@link publishTarballs} has it, with the `buildEnv` of builds */
export async function publish(root, access = {}) {
  const packages = publicPackages(root);
  assertNoneWaiting(root);
  assertCommitted(root);
  assertTagsFree(root, packages);
  const folder = mkdtempSync(join(tmpdir(), "deepgrain-tarballs-"));
  try {
    await publishTarballs(packAll(root, folder, access.buildEnv), root, { cwd: root, ...access });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  tagRelease(root, packages);
}
