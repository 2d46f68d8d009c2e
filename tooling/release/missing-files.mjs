#!/usr/bin/env node
/** @file Files that a package names and lacks; as a program, `prepack` of every package, which refuses to pack it. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";

/** The files that a value of `exports` or `bin` names, each with the way to it. */
function named(value, way) {
  if (typeof value === "string") return value.startsWith("./") ? [[value.slice(2), way]] : [];
  return Object.entries(value ?? {}).flatMap(([key, inner]) => named(inner, [...way, key]));
}

/** Files that declarations and modules of a folder import from each other; what a template installs comes later. */
function imported(folder) {
  const dist = join(folder, "dist");
  const files = existsSync(dist) ? readdirSync(dist, { recursive: true }) : [];
  return files
    .map((file) => posix.join("dist", file.replaceAll("\\", "/")))
    .filter((file) => /\.(js|d\.ts)$/.test(file))
    .flatMap((file) => {
      const text = readFileSync(join(folder, file), "utf8");
      const found = text.matchAll(/^(?:im|ex)port\b[^"';]*?["'](\.\.?\/[^"'\n]+\.js)["']/gm);
      const targets = [...found].map(([, to]) => to).filter((to) => !to.includes("node_modules/"));
      return targets.map((to) => {
        const target = posix.join(dirname(file), to);
        return [file.endsWith(".js") ? target : target.replace(/\.js$/, ".d.ts"), [file]];
      });
    });
}

function isThere(folder, file) {
  if (!file.includes("*")) return existsSync(join(folder, file));
  const [before, after] = file.split("*");
  const names = existsSync(join(folder, before)) ? readdirSync(join(folder, before)) : [];
  return names.some((name) => name.endsWith(after));
}

/**
 * A line for each file that the manifest's `exports` and `bin`, or a built file, names and that is not there.
 * @param folder of a package, packed or not
 */
export function missingFiles(folder) {
  const { exports, bin } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const all = [...named({ exports, bin }, []), ...imported(folder)];
  const missing = new Map(all.filter(([file]) => !isThere(folder, file)));
  return [...missing].map(([file, way]) => `lacks ${file}, which ${way.join(" ")} names`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const found = missingFiles(process.cwd());
  const { name } = JSON.parse(readFileSync("package.json", "utf8"));
  for (const line of found) console.error(`${name}: ${line}; build it with: npm run build`);
  if (found.length > 0) process.exitCode = 1;
}
