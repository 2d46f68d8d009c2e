// `npm run fuzz -- --seconds 600 [--door NAME] [--seed S --tries N]`: looks for inputs that a door fails on, and keeps them in
// tooling/doors/corpus, where the tests read them from then on. Ends with 1 if there is a finding, with 2 for a wrong call.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { doors } from "../list/check-doors.mjs";

const usage =
  "fuzz: --seconds 600 [--door NAME] [--seed S] [--tries N (each door, instead of seconds)]";

function refuse(problem) {
  console.error(`${usage}\n${problem}`);
  process.exit(2);
}

/** A whole number of at least 1, or `fallback` where none is given. */
function whole(name, text, fallback) {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 1) return value;
  return refuse(`--${name} must be a whole number of at least 1, got ${text}`);
}

function given() {
  const text = { type: "string" };
  try {
    return parseArgs({ options: { seconds: text, door: text, seed: text, tries: text } }).values;
  } catch (error) {
    return refuse(error.message);
  }
}

const { seconds, door, seed, tries } = given();
const known = doors.filter(({ noGenerator }) => noGenerator === undefined);
if (door !== undefined && !known.some((each) => each.door === door))
  refuse(`--door must be one of ${known.map((each) => each.door).join(", ")}, got ${door}`);

const asked = {
  seconds: whole("seconds", seconds, 600),
  tries: whole("tries", tries, null),
  seed: whole("seed", seed, Math.floor(Date.now() / 1000)),
  door: door ?? null,
  corpus: fileURLToPath(new URL("../corpus", import.meta.url)),
};
console.log(`seed ${asked.seed}`);
const { status } = spawnSync("npx", ["vitest", "run", "--config", "fuzz/fuzz.config.mjs"], {
  cwd: fileURLToPath(new URL("..", import.meta.url)),
  env: { ...process.env, DEEPGRAIN_FUZZ: JSON.stringify(asked) },
  stdio: "inherit",
  shell: process.platform === "win32",
});
process.exit(status ?? 1);
