import type { QuickJSContext, QuickJSHandle } from "quickjs-emscripten-core";
import type { TestCase } from "../../tasks/task";
import type { Job, Outcome } from "../job";
import type { Engine } from "./engine";
import { harnessSource } from "./harness";
import { literalOf } from "./literal-of";
import { captureIntrinsics, readValue, Unreadable } from "./read-value";
import { Ended, openRoom, type Room } from "./room";
import { inWords, sameValue } from "./same-value";

/** Jobs of promises that run before they count as endless by their number alone. */
const MOST_JOBS = 100_000;

/** A text of the realm by its type, without calling anything of the program. */
function textOf(context: QuickJSContext, handle: QuickJSHandle): string {
  switch (context.typeof(handle)) {
    case "string":
      return context.getString(handle);
    case "number":
      return String(context.getNumber(handle));
    case "boolean":
      return String(context.eq(handle, context.true));
    case "undefined":
      return "undefined";
    case "bigint":
      return String(context.getBigInt(handle));
    default:
      return context.eq(handle, context.null) ? "null" : `[${context.typeof(handle)}]`;
  }
}

/** The text of a thrown value, as far as it can be read. */
function thrownText(context: QuickJSContext, thrown: QuickJSHandle): string {
  if (context.typeof(thrown) !== "object") return textOf(context, thrown);
  const part = (name: string) => {
    try {
      const value = context.getProp(thrown, name);
      return context.typeof(value) === "string" ? context.getString(value) : "";
    } catch {
      return "";
    }
  };
  return [part("name"), part("message")]
    .filter((text) => text !== "")
    .join(": ")
    .slice(0, 300);
}

/** Ends the job if a limit is exceeded. */
function assertWithin(room: Room): void {
  const end = room.exceeded();
  if (end !== undefined) throw end;
}

/** Evaluates a script. @throws {Ended} with `verdict` where it throws */
function evaluate(
  room: Room,
  code: string,
  verdict: "error" | "failed",
  file: string,
): QuickJSHandle {
  const result = room.context.evalCode(code, file);
  const message = result.error ? thrownText(room.context, result.error) : "";
  assertWithin(room);
  if (result.error) throw new Ended(verdict, message === "" ? "it throws" : message);
  return result.value;
}

/** Runs what promises wait for. */
function settle(room: Room): void {
  const { runtime } = room.context;
  for (let done = 0; runtime.hasPendingJob(); done++) {
    const result = runtime.executePendingJobs(1);
    result.error?.dispose();
    assertWithin(room);
    if (done > MOST_JOBS) throw new Ended("budget", `it started more than ${MOST_JOBS} jobs`);
  }
}

/** The value of a promise that is settled; other values as they are. */
function awaited(room: Room, value: QuickJSHandle, name: string): QuickJSHandle {
  const { context } = room;
  if (context.typeof(value) !== "object" || context.eq(value, context.null)) return value;
  settle(room);
  const state = context.getPromiseState(value);
  if (state.type === "fulfilled") return state.value;
  const reason = state.type === "rejected" ? thrownText(context, state.error) : "it never ends";
  throw new Ended("failed", `${name}: ${reason}`);
}

function runCase(
  room: Room,
  test: TestCase,
  intrinsics: ReturnType<typeof captureIntrinsics>,
): void {
  const { context } = room;
  const called = `${test.call}(${test.arguments.map(inWords).join(", ")})`;
  if (!/^[\p{L}_$][\p{L}\p{N}_$.]*$/u.test(test.call))
    throw new Ended("error", `${test.call} is no name`);
  const target = evaluate(room, test.call, "failed", "test");
  const given = test.arguments.map((value) => evaluate(room, literalOf(value), "error", "test"));
  const result = context.callFunction(target, context.undefined, ...given);
  const message = result.error ? thrownText(context, result.error) : "";
  assertWithin(room);
  if (result.error) throw new Ended("failed", `${called} throws ${message}`);
  let value: unknown;
  try {
    value = readValue(context, awaited(room, result.value, called), intrinsics);
  } catch (error) {
    assertWithin(room);
    if (error instanceof Unreadable)
      throw new Ended("failed", `the result of ${called} cannot be compared: ${error.reason}`);
    throw error;
  }
  assertWithin(room);
  if (!sameValue(value, test.equals))
    throw new Ended("failed", `${called} is ${inWords(value)}, not ${inWords(test.equals)}`);
}

/** Runs a script of tests, which must reach a secret that the program cannot know. */
function runScript(
  room: Room,
  script: string,
  tools: QuickJSHandle,
  failures: readonly string[],
): void {
  const { context } = room;
  const secret = `${Math.random()}${Math.random()}`;
  const run = evaluate(
    room,
    `(({ console, assert, require }) => (() => {\n${script}\n;return ${JSON.stringify(secret)};\n})())`,
    "error",
    "tests",
  );
  const result = context.callFunction(run, context.undefined, tools);
  const message = result.error ? thrownText(context, result.error) : "";
  settle(room);
  assertWithin(room);
  if (failures.length > 0) throw new Ended("failed", failures[0]!);
  if (result.error) throw new Ended("failed", message === "" ? "it throws" : message);
  const isReached =
    context.typeof(result.value) === "string" && context.getString(result.value) === secret;
  if (!isReached) throw new Ended("failed", "the script of tests did not reach its end");
}

/** Gives the program `print` and a console that prints, and nothing else of the host. */
function furnish(room: Room): void {
  const { context } = room;
  const print = context.newFunction("print", (...values) => {
    for (const [i, value] of values.entries()) {
      assertWithin(room);
      room.print(`${i > 0 ? " " : ""}${textOf(context, value)}`);
    }
    room.print("\n");
  });
  context.setProp(context.global, "print", print);
  const console = context.newObject();
  for (const name of ["log", "info", "warn", "error", "debug"])
    context.setProp(console, name, print);
  context.setProp(context.global, "console", console);
}

function work(room: Room): void {
  const { context, job } = room;
  const failures: string[] = [];
  const harness = evaluate(room, harnessSource, "error", "harness");
  const fail = context.newFunction("fail", (message) => {
    if (failures.length < 10) failures.push(textOf(context, message).slice(0, 300));
  });
  const tools = context.unwrapResult(context.callFunction(harness, context.undefined, fail));
  const intrinsics = captureIntrinsics(context);
  furnish(room);
  room.begin();
  evaluate(room, job.program.code, "error", "program");
  settle(room);
  if (typeof job.tests === "string") runScript(room, job.tests, tools, failures);
  else for (const test of job.tests ?? []) runCase(room, test, intrinsics);
  assertWithin(room);
}

/** The verdict for what ended a job. An engine that was refused memory may end with any error. */
function endOf(error: unknown, room: Room): Ended {
  if (error instanceof Ended) return error;
  const message = error instanceof Error ? error.message : String(error);
  return room.exceeded() ?? new Ended("error", message.slice(0, 300));
}

/**
 * Runs one program and its tests in a fresh instance of QuickJS, which is not to be used again.
 *
 * @param engine a new instance
 * @param tell hears what share of its instructions the program has used
 */
export function runJob(engine: Engine, job: Job, tell: (share: number) => void): Outcome {
  const room = openRoom(engine, job, tell);
  try {
    work(room);
    return { verdict: "passed", message: "", output: room.output() };
  } catch (error) {
    const { verdict, message } = endOf(error, room);
    return { verdict, message, output: room.output() };
  }
}
