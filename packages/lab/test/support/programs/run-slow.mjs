/** @file Runs the slow study in a folder, in threads where asked for, and prints what happens, a line of JSON per event. */
import { runStudy } from "@deepgrain/lab";
import { workers } from "@deepgrain/lab/workers";
import { slow } from "./slow-study.mjs";

const [folder, settings = "{}", threads] = process.argv.slice(2);
const interrupt = new AbortController();
process.once("SIGINT", () => interrupt.abort(new Error("interrupted")));
const options = {
  folder,
  seeds: [1, 2],
  settings: { ...slow.settings, ...JSON.parse(settings) },
  signal: interrupt.signal,
  ...(threads && { executor: workers({ threads: Number(threads) }) }),
};
try {
  for await (const event of runStudy(slow, options)) console.log(JSON.stringify(event));
} catch (error) {
  if (!interrupt.signal.aborted) throw error;
  process.exitCode = 130;
}
