/**
 * @file The source text of a helper thread. It is not a separate file, so a bundler cannot lose it.
 *
 * A helper waits for the job count to change: it spins briefly, then sleeps. It first counts itself as active and
 * then checks whether the job is still open. The caller closes the job first and then waits for the active count to
 * reach 0. So either the helper sees a closed job or the caller sees the helper, and a helper that wakes late never
 * delays the caller. An atomic counter assigns the chunks.
 */
const body = `
function help({ modules, memory, scratch, control: C, controlAddress, spinMs }) {
  const words = new Int32Array(memory.buffer, controlAddress, 256);
  const kernels = modules.flatMap((module) => {
    const { exports } = new WebAssembly.Instance(module, { env: { memory, abort() {} } });
    exports.setScratch(scratch);
    return WebAssembly.Module.exports(module).map(({ name }) => exports[name]);
  });
  let seen = Atomics.load(words, C.epoch);
  Atomics.add(words, C.ready, 1);
  const sleep = () => {
    Atomics.add(words, C.sleepers, 1);
    Atomics.wait(words, C.epoch, seen);
    Atomics.sub(words, C.sleepers, 1);
  };
  const awaitJob = () => {
    let until = 0;
    for (let spins = 1; Atomics.load(words, C.epoch) === seen; spins++) {
      if (spins % 64 !== 0) continue;
      const now = performance.now();
      if (until === 0) until = now + spinMs;
      else if (now > until) sleep();
    }
    seen = Atomics.load(words, C.epoch);
  };
  const takeChunks = () => {
    const kernel = kernels[words[C.kernel]], items = words[C.items], chunk = words[C.chunk];
    const argumentsAddress = words[C.arguments];
    for (;;) {
      const begin = Atomics.add(words, C.next, chunk);
      if (begin >= items) return;
      kernel(argumentsAddress, begin, Math.min(items, begin + chunk));
    }
  };
  for (;;) {
    awaitJob();
    if (Atomics.load(words, C.stop)) return;
    Atomics.add(words, C.active, 1);
    try {
      if (Atomics.load(words, C.open)) takeChunks();
    } catch {
      Atomics.store(words, C.failed, 1);
    }
    const left = Atomics.sub(words, C.active, 1) - 1;
    if (left === 0 && Atomics.load(words, C.waiting)) Atomics.notify(words, C.active);
  }
}
`;

export const nodeHelperSource = `${body}
help(require("node:worker_threads").workerData);`;

export const browserHelperSource = `${body}
onmessage = (event) => help(event.data);`;
