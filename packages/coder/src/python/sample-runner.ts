import type { Outcome } from "../sandbox/job";
import type { Interpreter } from "./interpreter";
import { canRun, interpreterPool, type StartInterpreter } from "./interpreter-pool";
import { judgeSample } from "./judge-sample";
import type { CheckedLimits } from "./limits";
import type { Script } from "./script-of";
import { watch } from "./watch";

/** The tests' interpreter of a task. */
interface Bench {
  readonly interpreter: Interpreter;
  readonly tests: string;
}

const notStarted: Outcome = {
  verdict: "killed",
  message: "the interpreter did not start",
  output: "",
};

/**
 * Runs programs one after another, each in a fresh interpreter of its own. The tests run in another one, which never sees a
 * program and serves all samples of a task.
 *
 * @param start starts an interpreter, from a snapshot if there is one
 */
export function sampleRunner(start: StartInterpreter) {
  const pool = interpreterPool(start);
  let bench: Bench | undefined;
  let running: Interpreter | undefined;
  let refused: { readonly tests: string; readonly outcome: Outcome } | undefined;

  function dropBench(): void {
    bench?.interpreter.kill();
    bench = undefined;
  }

  /** Sets up the tests' interpreter, or says why the tests cannot run. */
  async function benchFor(script: Script, limits: CheckedLimits): Promise<Bench | Outcome> {
    const key = JSON.stringify([script.text, script.forced]);
    if (refused?.tests === key) return refused.outcome;
    if (bench?.tests === key && canRun(bench.interpreter, limits.seconds)) return bench;
    dropBench();
    const interpreter = await pool.take(limits.seconds);
    if (interpreter === undefined) return notStarted;
    bench = { interpreter, tests: key };
    const watching = watch([interpreter], limits);
    interpreter.post({
      side: "tests",
      action: "look",
      tests: script.text,
      forced: script.forced,
    });
    const line = await interpreter.next();
    watching.stop();
    const found = line === undefined ? {} : JSON.parse(line);
    if (found.unsupported === "") return bench;
    dropBench();
    const ended = watching.ended();
    if (line === undefined && (ended === undefined || ended.verdict === "killed"))
      return { verdict: "killed", message: "the tests' interpreter ended", output: "" };
    const message = found.unsupported ?? "the tests cannot be read within the limits";
    const outcome: Outcome = { verdict: "unsupported", message, output: "" };
    refused = { tests: key, outcome };
    return outcome;
  }

  return {
    /** @param script the tests; undefined where the program is only run */
    async run(code: string, script: Script | undefined, limits: CheckedLimits): Promise<Outcome> {
      const own = script === undefined ? undefined : await benchFor(script, limits);
      if (own !== undefined && "verdict" in own) return own;
      running = await pool.take(limits.seconds);
      if (running === undefined) return notStarted;
      pool.prepare(limits.seconds);
      const sides = { program: running, tests: own?.interpreter };
      const { outcome, isWhole } = await judgeSample(sides, code, limits);
      running = undefined;
      if (!isWhole) dropBench();
      return outcome;
    },
    drop(): void {
      pool.drop();
      dropBench();
      running?.kill();
    },
  };
}
