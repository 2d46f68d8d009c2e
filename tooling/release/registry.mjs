/** @file Questions to the registry in use, through npm: with its settings, its login, and its attempts. */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { filesOf, unpacked } from "./check-tarball.mjs";

/** Advice for npm's error codes. */
const advice = {
  E401: "log in with npm login, then call again",
  ENEEDAUTH: "log in with npm login, then call again",
  E403: "log in (npm login) with an account that may publish there, then call again",
  E404: "log in (npm login) with an account that may publish there, then call again",
  EOTP: "call again in a terminal, where npm asks for the second factor",
  EPUBLISHCONFLICT: "the version exists; call again, which compares it",
};

/** Runs npm; its errors are shown where `isShown`. @returns its exit code, output and error code */
function npm(args, { cwd, env = {} }, isShown = false) {
  const stdio = isShown ? ["inherit", "inherit", "pipe"] : ["ignore", "pipe", "pipe"];
  // A silent npm that runs this would keep the one below from naming its error.
  const own = { ...process.env, ...env, npm_config_loglevel: "error" };
  const child = spawn("npm", args, { cwd, env: own, stdio });
  const text = { stdout: "", stderr: "" };
  child.stdout?.on("data", (part) => (text.stdout += part));
  child.stderr.on("data", (part) => {
    text.stderr += part;
    if (isShown) process.stderr.write(part);
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => {
      const code = /npm (?:error|ERR!) code (\w+)/.exec(text.stderr)?.[1];
      resolve({ ...text, status, code });
    });
  });
}

const isSilent = (code) => /^E(?:CONN|NOTFOUND|TIMEDOUT|AI_AGAIN|5\d\d)|SOCKET/.test(code);

/** @param said by npm on stderr */
function failure(what, { code = "no code", stderr }) {
  const [, line = "npm says no more"] = /npm (?:error|ERR!) (?!code)(.+)/.exec(stderr) ?? [];
  const unanswered = isSilent(code)
    ? "the registry does not answer; call again when it does"
    : line;
  return new Error(`${what} (${code}): ${advice[code] ?? unanswered}`);
}

/** The hash of a published tarball; undefined for a version that is not there. @throws {Error} without an answer */
export async function publishedHash({ name, version }, access) {
  const args = ["view", `${name}@${version}`, "dist.integrity", "--json"];
  const { status, stdout, ...said } = await npm(args, access);
  if (said.code === "E404") return undefined;
  if (status !== 0) throw failure(`${name} ${version} cannot be looked up`, said);
  return stdout.trim() === "" ? undefined : JSON.parse(stdout);
}

/** Publishes a tarball. @throws {Error} saying what to do */
export async function publishTarball({ name, version, tarball }, access) {
  const args = ["publish", tarball, "--access", "public", "--ignore-scripts", "--loglevel=error"];
  const { status, ...said } = await npm(args, access, true);
  if (status !== 0) throw failure(`${name} ${version} was not published`, said);
}

/** The first file in which a published version is another than its tarball here; undefined where all are equal. */
export async function differingFile({ name, version, tarball }, access) {
  const folder = mkdtempSync(join(tmpdir(), "deepgrain-published-"));
  try {
    const args = ["pack", `${name}@${version}`, "--json", "--pack-destination", folder];
    const { status, stdout, ...said } = await npm(args, access);
    if (status !== 0) throw failure(`${name} ${version} cannot be fetched`, said);
    const published = join(folder, JSON.parse(stdout)[0].filename.replace(/^@([^/]+)\//, "$1-"));
    return unpacked(tarball, (own) =>
      unpacked(published, (theirs) => {
        const [here, there] = [filesOf(own), filesOf(theirs)];
        const isSame = (file) =>
          there.includes(file) &&
          readFileSync(join(own, file)).equals(readFileSync(join(theirs, file)));
        return here.find((file) => !isSame(file)) ?? there.find((file) => !here.includes(file));
      }),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
