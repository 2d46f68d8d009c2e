import type { Interpreter } from "../../../src/python/interpreter";

/** An interpreter without a process: `answer` gives the lines that follow each message; after `null` it has ended. */
export function fakeInterpreter(
  answer: (message: Record<string, unknown>) => readonly (string | object | null)[],
  first: readonly object[] = [],
): Interpreter & { readonly heard: Record<string, unknown>[]; isKilled: boolean } {
  const lines: (string | undefined)[] = first.map((message) => JSON.stringify(message));
  const heard: Record<string, unknown>[] = [];
  let isOver = false;
  const hear = (message: Record<string, unknown>) => {
    heard.push(message);
    for (const line of isOver ? [] : answer(message)) {
      if (line === null) isOver = true;
      else lines.push(typeof line === "string" ? line : JSON.stringify(line));
    }
  };
  return {
    pid: 2 ** 30,
    mostSeconds: 1000,
    heard,
    isKilled: false,
    post: (job) => hear(job as never),
    send: (line) => hear(JSON.parse(line)),
    async next() {
      const line = lines.shift();
      if (line === undefined && !isOver) throw new Error("it would wait for ever");
      return line;
    },
    snapshot: Promise.resolve(new Uint8Array()),
    kill() {
      this.isKilled = true;
    },
  };
}
