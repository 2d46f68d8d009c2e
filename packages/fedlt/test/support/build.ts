/** @file Builds a file of this folder as plain JavaScript, to be run by a thread or a process of its own. */
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "tsup";

const folder = fileURLToPath(new URL("../../node_modules/.cache/fedlt-test", import.meta.url));

/** @returns the path of the built file */
export async function buildSupport(name: string, { forBrowser = false } = {}): Promise<string> {
  mkdirSync(folder, { recursive: true });
  await build({
    entry: { [name]: fileURLToPath(new URL(`./${name}.ts`, import.meta.url)) },
    outDir: folder,
    format: [forBrowser ? "iife" : "esm"],
    target: forBrowser ? "es2022" : "node20",
    platform: forBrowser ? "browser" : "node",
    config: false,
    ...(forBrowser && { noExternal: [/./] }),
    external: forBrowser
      ? []
      : [
          /^@nats-io\//,
          "ws",
          "piscina",
          /^@noble\//,
          "shamir-secret-sharing",
          /^@deepgrain\/tensor-gpu/,
        ],
    silent: true,
    dts: false,
    clean: false,
    splitting: false,
    outExtension: () => ({ js: ".mjs" }),
  });
  return `${folder}/${name}.mjs`;
}
