import { CoderError, fail } from "../errors";
import type { Outcome } from "../sandbox/job";
import { bounds } from "./bounds";
import { checkAnswer } from "./check-answer";
import type { Interpreter } from "./interpreter";
import type { CheckedLimits } from "./limits";
import type { Answer, Request } from "./messages";
import { watch } from "./watch";

const { MOST_REQUESTS } = bounds;

/** Ends a sample. */
const end = (verdict: Outcome["verdict"], message: string): never =>
  fail("ERR_SANDBOX", message, { ended: { verdict, message } });

/** Which interpreters judge a sample; one that is only run has no tests. */
export interface Sides {
  readonly program: Interpreter;
  readonly tests?: Interpreter | undefined;
}

/** The program's side of a sample: one request after another, each with one answer. */
function programSide(program: Interpreter, { outputLength }: CheckedLimits) {
  let id = 0;
  async function answerTo(job: Request | { action: "finish" }): Promise<string> {
    const own = { side: "program", id: ++id, ...job } as const;
    program.post(job.action === "load" ? { ...own, outputLength } : own);
    const line = await program.next();
    if (line === undefined) return end("failed", "it ended its process");
    if (line === '{"isOver":true}')
      return end("output", `it printed more than ${outputLength} characters`);
    return line;
  }
  return {
    async ask(request: Request): Promise<Answer> {
      if (id > MOST_REQUESTS)
        return end("budget", `its tests took more than ${MOST_REQUESTS} requests`);
      const line = await answerTo(request);
      const answer = checkAnswer(line, id, request);
      if (answer === undefined) return end("failed", brokenBy(line));
      return answer;
    },
    /** Gives what it printed. A second answer to an earlier request comes to light here at the latest. */
    async finish(): Promise<string> {
      const line = await answerTo({ action: "finish" });
      try {
        const { id: own, output } = JSON.parse(line) as { id: unknown; output: unknown };
        if (own === id && typeof output === "string") return output.slice(0, outputLength);
      } catch {
        // it is no answer
      }
      return end("failed", brokenBy(line));
    },
  };
}

/** Why a line is no answer. */
function brokenBy(line: string): string {
  const [, reason] = /^\{"broken":"((?:[^"\\]|\\.){0,300})"\}$/.exec(line) ?? [];
  return reason === undefined
    ? "its process wrote what is no answer to a request"
    : `its interpreter broke: ${reason}`;
}

const load = (code: string): Request => ({
  action: "load",
  nodes: [
    ["str", code],
    ["tuple", 0],
  ],
});

type ProgramSide = ReturnType<typeof programSide>;

async function loadProgram(program: ProgramSide, code: string): Promise<void> {
  const { raised } = await program.ask(load(code));
  if (raised === undefined) return;
  const [kind, name, text] = raised;
  const message = [name, text].filter((part) => part !== "").join(": ");
  return end(kind === "MemoryError" ? "memory" : "error", message.slice(0, 300));
}

/** A message of the tests' process: a request to the program, or the verdict. */
type Said =
  | Request
  | { readonly verdict: string; readonly message: string; readonly output: string };

/** Lets the tests run, and carries their requests to the program. */
async function runTests(
  tests: Interpreter,
  program: ProgramSide,
  limits: CheckedLimits,
): Promise<Outcome> {
  tests.post({ side: "tests", action: "run", outputLength: limits.outputLength });
  for (;;) {
    const line = await tests.next();
    if (line === undefined) return end("failed", "its tests ended their process");
    const said = JSON.parse(line) as Said;
    if ("action" in said) tests.send(JSON.stringify(await program.ask(said)));
    else if ("verdict" in said) return { ...said, verdict: said.verdict as Outcome["verdict"] };
    else if ("isOver" in said)
      return end("output", `its tests printed more than ${limits.outputLength} characters`);
    else return end("failed", `the tests' interpreter broke: ${line.slice(0, 300)}`);
  }
}

/**
 * Judges a program. The verdict is what the tests' process says; the program's process can only answer the request that is
 * open, and what it writes beyond that fails it.
 *
 * @returns the outcome, and whether the tests' interpreter can be used again
 */
export async function judgeSample(
  { program: own, tests }: Sides,
  code: string,
  limits: CheckedLimits,
): Promise<{ outcome: Outcome; isWhole: boolean }> {
  const watching = watch(tests === undefined ? [own] : [own, tests], limits);
  let isWhole = true;
  try {
    const program = programSide(own, limits);
    await loadProgram(program, code);
    isWhole = false;
    const found: Outcome =
      tests === undefined
        ? { verdict: "passed", message: "", output: "" }
        : await runTests(tests, program, limits);
    isWhole = true;
    const output = await program.finish();
    return {
      outcome: { ...found, output: (output + found.output).slice(0, limits.outputLength) },
      isWhole,
    };
  } catch (error) {
    if (!(error instanceof CoderError) || error.fields.ended === undefined) throw error;
    const own = error.fields.ended as Pick<Outcome, "verdict" | "message">;
    const { verdict, message } = watching.ended() ?? own;
    return {
      outcome: { verdict, message, output: "" },
      isWhole: isWhole && watching.ended() === undefined,
    };
  } finally {
    watching.stop();
    own.kill();
  }
}
