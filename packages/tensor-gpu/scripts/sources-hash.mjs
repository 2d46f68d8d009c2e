import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";

const folder = new URL("../assembly/", import.meta.url);

/** SHA-256 over the names and texts of all AssemblyScript sources, in order of name. */
export function sourcesHash() {
  const hash = createHash("sha256");
  for (const name of readdirSync(folder)
    .filter((file) => file.endsWith(".as"))
    .sort()) {
    hash.update(`${name}\n${readFileSync(new URL(name, folder), "utf8")}\n`);
  }
  return hash.digest("hex");
}
