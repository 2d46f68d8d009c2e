// npm run bench: completions per second of annotation, embedded and on BullMQ with one and two worker processes. The
// completer answers at once (what remains is our own work) or after 20 ms (then two workers should do twice as much).
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { annotateByQueue, createAnnotationWorker } from "../src/bullmq/index";
import {
  annotate,
  type Completer,
  completeSettings,
  generateProblem,
  noisySolver,
  openJournal,
  settingsRecord,
} from "../src/index";

const [role, portText, delayText] = process.argv.slice(2);
const settings = { n: 8, seed: 1 };
const valkeyPaths = ["/usr/bin/valkey-server", "/usr/bin/redis-server"];

function world(count: number, delayMs: number) {
  const problems = Array.from({ length: count }, (_, seed) =>
    generateProblem(seed, { steps: [6, 6] }),
  );
  const solver = noisySolver(problems);
  const completer: Completer = async (prefix, options) => {
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
    return solver(prefix, options);
  };
  const solutions = problems.map(({ id, problem, steps, answer }) => ({
    id,
    problem,
    steps,
    gold: answer,
  }));
  return { solutions, completer };
}

async function rate(label: string, events: AsyncIterable<{ type: string; completions?: number }>) {
  const start = performance.now();
  let completions = 0;
  for await (const event of events) completions = event.completions ?? completions;
  const seconds = (performance.now() - start) / 1000;
  console.log(`${label.padEnd(58)} ${Math.round(completions / seconds)} completions/s`);
}

async function embedded(count: number, delayMs: number) {
  const { solutions, completer } = world(count, delayMs);
  const options = { ...settings, completer, concurrency: 1 };
  await rate(`embedded, memory, ${delayMs} ms`, annotate(solutions, options));
  await rate(
    `embedded, memory, ${delayMs} ms, 2 solutions at a time`,
    annotate(solutions, { ...options, concurrency: 2 }),
  );
  const folder = mkdtempSync(join(tmpdir(), "prm-bench-"));
  const store = await openJournal(
    join(folder, "j.jsonl"),
    settingsRecord(completeSettings(settings)),
  );
  await rate(
    `embedded, journal on disk, ${delayMs} ms`,
    annotate(solutions, { ...options, store }),
  );
  await store.close();
  rmSync(folder, { recursive: true });
}

async function startWorker(port: number, delayMs: number): Promise<ChildProcess> {
  const child = spawn(
    process.execPath,
    [process.argv[1]!, "worker", String(port), String(delayMs)],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  await new Promise((resolve) => child.stdout!.once("data", resolve));
  return child;
}

async function queued(count: number, delayMs: number, port: number) {
  const connection = { host: "127.0.0.1", port, maxRetriesPerRequest: null };
  for (const workers of [1, 2]) {
    const { solutions } = world(count, delayMs);
    const children = await Promise.all(
      Array.from({ length: workers }, () => startWorker(port, delayMs)),
    );
    const runId = `bench-${delayMs}-${workers}`;
    const events = annotateByQueue(solutions, { ...settings, connection, runId });
    await rate(`BullMQ, ${workers} worker${workers > 1 ? "s" : ""}, ${delayMs} ms`, events);
    for (const child of children) child.kill();
  }
}

if (role === "worker") {
  const { completer } = world(400, Number(delayText));
  const connection = { host: "127.0.0.1", port: Number(portText), maxRetriesPerRequest: null };
  createAnnotationWorker({ connection, completer });
  console.log("ready");
} else {
  const port = 7399;
  await embedded(400, 0);
  await embedded(40, 20);
  const program = valkeyPaths.find((path) => existsSync(path));
  if (program) {
    const settings = ["--port", String(port), "--bind", "127.0.0.1", "--save", ""];
    const server = spawn(program, settings, { stdio: "ignore" });
    await new Promise((resolve) => setTimeout(resolve, 500));
    await queued(400, 0, port);
    await queued(40, 20, port);
    server.kill();
  } else console.log("No valkey-server here: the queue is left out.");
  process.exit(0);
}
