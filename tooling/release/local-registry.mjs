/** @file A registry on the loopback address that keeps our packages and passes all others on to the registry in use. */
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";

// Newer node-fetch does not run on Node 20.
const versions = ["verdaccio@6.8.0", "node-fetch@2.7.0"];

function installVerdaccio(folder) {
  const program = join(folder, "node_modules/verdaccio/bin/verdaccio");
  if (existsSync(program)) return program;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
  execFileSync("npm", ["install", "--silent", "--no-audit", "--no-fund", ...versions], {
    cwd: folder,
    stdio: ["ignore", 2, 2],
  });
  return program;
}

/** A port of the loopback address that nobody listens on. */
export const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

const settings = (upstream) => `storage: ./storage
uplinks: { upstream: { url: ${JSON.stringify(upstream)}, cache: false } }
packages:
  "@deepgrain/*": { access: $all, publish: $all }
  "deepgrain": { access: $all, publish: $all }
  "**": { access: $all, proxy: upstream }
log: { type: stderr, format: json, level: error }
`;

/**
 * Starts the registry.
 *
 * @param programFolder where its program is kept between runs
 * @param dataFolder what is published goes here, and stays when it stops
 * @param port of the loopback address
 * @returns what stops it
 */
export async function startRegistry(programFolder, dataFolder, port) {
  const program = installVerdaccio(programFolder);
  const upstream = execFileSync("npm", ["config", "get", "registry"], { encoding: "utf8" }).trim();
  writeFileSync(join(dataFolder, "config.yaml"), settings(upstream));
  const host = `127.0.0.1:${port}`;
  const child = spawn(process.execPath, [program, "-c", "config.yaml", "-l", host], {
    cwd: dataFolder,
    stdio: ["ignore", "ignore", "ignore"],
  });
  const isUp = () =>
    fetch(`http://${host}/-/ping`).then(
      ({ ok }) => ok,
      () => false,
    );
  while (!(await isUp())) {
    if (child.exitCode !== null) throw new Error("the local registry did not start");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { stop: () => child.kill() };
}
