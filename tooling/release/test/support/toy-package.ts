import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";

/** A package as it is packed: a manifest with `exports`, a module with types, a licence, and notes. */
export const toyFiles = (name: string, manifest: object = {}): Record<string, string> => ({
  "package.json": JSON.stringify({
    name,
    version: "0.1.0",
    license: "MIT",
    type: "module",
    exports: { ".": { types: "./dist/index.d.ts", default: "./dist/index.js" } },
    ...manifest,
  }),
  "dist/index.js": "export const one = 1;\n",
  "dist/index.d.ts": "export declare const one = 1;\n",
  LICENSE: "MIT\n",
  "README.md": "# One\n\n[home](https://example.org/one)\n",
  "CHANGELOG.md": `# ${name}\n\n## 0.1.0\n\n- First release\n`,
});

/** Writes files into a folder; what is undefined is left out. */
export function writeFiles(folder: string, files: Record<string, string | undefined>): void {
  for (const [name, text] of Object.entries(files)) {
    if (text === undefined) continue;
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

/** Packs files as npm does: in a folder `package` of a tarball. @param level of compression @returns its path */
export function pack(folder: string, files: Record<string, string | undefined>, level = 6): string {
  const tarball = `${folder}.tgz`;
  writeFiles(join(folder, "package"), files);
  const archive = execFileSync("tar", ["-c", "-C", folder, "package"]);
  writeFileSync(tarball, gzipSync(archive, { level }));
  return tarball;
}
