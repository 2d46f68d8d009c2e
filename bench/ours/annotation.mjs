// node annotation.mjs: completions per second of annotation, embedded and on BullMQ with one and two worker processes. The completer
// answers at once (what remains is our own work) or after 20 ms (then two workers should do twice as much). A line of JSON per case.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { annotate, completeSettings, openJournal, settingsRecord } from "@deepgrain/prm";
import { annotateByQueue, createAnnotationWorker } from "@deepgrain/prm/bullmq";
import { generateProblem, noisySolver } from "@deepgrain/prm/world";

const [role, portText, delayText] = process.argv.slice(2);
const settings = { n: 8, seed: 1 };
const servers = ["/usr/bin/valkey-server", "/usr/bin/redis-server"];

function world(count, delayMs) {
  const problems = Array.from({ length: count }, (_, seed) =>
    generateProblem(seed, { steps: [6, 6] }),
  );
  const solver = noisySolver(problems);
  const completer = async (prefix, options) => {
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

async function measure(what, delayMs, events) {
  const start = performance.now();
  let completions = 0;
  for await (const event of events) completions = event.completions ?? completions;
  const perSecond = (1000 * completions) / (performance.now() - start);
  console.log(JSON.stringify({ workload: "annotation", what, delayMs, perSecond }));
}

async function embedded(count, delayMs) {
  const { solutions, completer } = world(count, delayMs);
  const options = { ...settings, completer, concurrency: 1 };
  await measure("memory", delayMs, annotate(solutions, options));
  const folder = mkdtempSync(join(tmpdir(), "prm-bench-"));
  const record = settingsRecord(completeSettings(settings));
  const store = await openJournal(join(folder, "j.jsonl"), record);
  await measure("journal on disk", delayMs, annotate(solutions, { ...options, store }));
  await store.close();
  rmSync(folder, { recursive: true });
}

async function startWorker(port, delayMs) {
  const args = [process.argv[1], "worker", String(port), String(delayMs)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  await new Promise((resolve) => child.stdout.once("data", resolve));
  return child;
}

async function queued(count, delayMs, port) {
  const connection = { host: "127.0.0.1", port, maxRetriesPerRequest: null };
  for (const workers of [1, 2]) {
    const { solutions } = world(count, delayMs);
    const starts = Array.from({ length: workers }, () => startWorker(port, delayMs));
    const children = await Promise.all(starts);
    const runId = `bench-${delayMs}-${workers}`;
    const events = annotateByQueue(solutions, { ...settings, connection, runId });
    await measure(`BullMQ, ${workers} worker${workers > 1 ? "s" : ""}`, delayMs, events);
    for (const child of children) child.kill();
  }
}

if (role === "worker") {
  const { completer } = world(400, Number(delayText));
  const connection = { host: "127.0.0.1", port: Number(portText), maxRetriesPerRequest: null };
  createAnnotationWorker({ connection, completer });
  console.log("ready");
} else {
  await embedded(400, 0);
  await embedded(20, 20);
  const program = servers.find((path) => existsSync(path));
  if (program) {
    const port = 7399;
    const args = ["--port", String(port), "--bind", "127.0.0.1", "--save", ""];
    const server = spawn(program, args, { stdio: "ignore" });
    await new Promise((resolve) => setTimeout(resolve, 500));
    await queued(400, 0, port);
    await queued(40, 20, port);
    server.kill();
  } else console.error("No valkey-server here: the queue is left out.");
  process.exit(0);
}
