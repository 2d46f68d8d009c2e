/** @file The program that calls exports with wrong arguments. Its first lines, which the bundler writes, import the package. */
import { Socket } from "node:net";
import { inspect } from "node:util";

/** Arguments by the names of the ways in which everything is called. */
const argumentsOf = {
  nothing: () => [],
  null: () => [null],
  number: () => [3],
  text: () => ["text"],
  empty: () => [{}],
  nulls: ({ arity }) => Array.from({ length: arity }, () => null),
  empties: ({ arity }) => Array.from({ length: arity }, () => ({})),
  unknown: ({ arity, at }) =>
    Array.from({ length: arity }, (_, i) => (i === at ? { noSuchOption: 1 } : {})),
};

const noNetwork = () => Object.assign(new Error("there is no network"), { code: "ECONNREFUSED" });
globalThis.fetch = () => Promise.reject(new TypeError("fetch failed", { cause: noNetwork() }));
Socket.prototype.connect = function () {
  process.nextTick(() => this.destroy(noNetwork()));
  return this;
};

const marksOf = (value) =>
  value === null
    ? []
    : [...Object.getOwnPropertySymbols(value), ...marksOf(Object.getPrototypeOf(value))];

/** How a call counts that has thrown: an error of the package bears the mark of its class. */
function thrown(error, folder) {
  const message = error instanceof Error ? error.message : inspect(error);
  if (!(error instanceof Error)) return { outcome: "untyped", message };
  const marks = marksOf(error).map((mark) => Symbol.keyFor(mark));
  if (marks.includes(`deepgrain.${folder}.error`)) return { outcome: error.code, message };
  const other = marks.find((mark) => /^deepgrain\..+\.error$/.test(mark ?? ""));
  return { outcome: other ?? "untyped", message: `${error.name}: ${message}` };
}

/** Waits for a promise; advances an iterable or a stream once, and ends it. */
async function settle(started) {
  const result = await started;
  const isData =
    typeof result !== "object" || result === null || Symbol.species in (result.constructor ?? {});
  if (isData) return;
  const iterate = result[Symbol.asyncIterator] ?? result[Symbol.iterator];
  if (typeof iterate !== "function") return;
  const iterator = iterate.call(result);
  await iterator.next();
  await iterator.return?.();
}

/** Answers the parent's requests. @param exports of the package by entry @param calls as the test lists them */
export function answerCalls(folder, exports, calls) {
  let stray;
  process.on("unhandledRejection", (error) => {
    stray ??= error;
  });
  process.on("uncaughtException", (error) => {
    stray ??= error;
  });
  process.on("message", async ({ index, folder: own }) => {
    const { entry, name, isClass, way, ...rest } = calls[index];
    process.chdir(own);
    stray = undefined;
    let answer;
    try {
      const target = name.split(".").reduce((value, key) => value[key], exports[entry]);
      const given = argumentsOf[way](rest);
      await settle(isClass ? new target(...given) : target.apply({}, given));
      answer = { outcome: "result", message: "" };
    } catch (error) {
      answer = thrown(error, folder);
    }
    await new Promise((next) => setImmediate(next));
    if (stray) answer = { outcome: "unhandled", message: inspect(stray) };
    process.send(answer);
  });
  process.send({ outcome: "ready", message: "" });
}
