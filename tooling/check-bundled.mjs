// What a package publishes must not ask for a private workspace package: such code is bundled, types included.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const PRIVATE = [
  "@deepgrain/support",
  "@deepgrain/support/files",
  "@deepgrain/support/files/lock",
  "@deepgrain/support/pages",
];

const isBundle = (name) => /\.(js|d\.ts)$/.test(name);

/** Complaints about one package folder, which has been built. */
function complaints(folder) {
  const {
    name,
    private: isPrivate,
    ...manifest
  } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  if (isPrivate) return [];
  const wanted = ["dependencies", "peerDependencies", "optionalDependencies"].flatMap((kind) =>
    PRIVATE.filter((id) => manifest[kind]?.[id]).map((id) => `${name}: ${id} is in its ${kind}`),
  );
  const dist = join(folder, "dist");
  const files = existsSync(dist) ? readdirSync(dist, { recursive: true }).filter(isBundle) : [];
  const imported = files.flatMap((file) => {
    const text = readFileSync(join(dist, file), "utf8");
    return PRIVATE.filter((id) => text.includes(`"${id}"`) || text.includes(`'${id}'`)).map(
      (id) => `${name}: dist/${file} imports ${id}`,
    );
  });
  return [...wanted, ...imported];
}

/** Looks through all packages. @returns exit code: 1 with a line per complaint, else 0 */
export function checkBundled(root = "packages") {
  const found = readdirSync(root).flatMap((name) => complaints(join(root, name)));
  for (const line of found) console.error(line);
  return found.length > 0 ? 1 : 0;
}
