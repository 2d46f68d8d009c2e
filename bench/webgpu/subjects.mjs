// What the cases measure, made when its turn comes: tensors to copy and to multiply, models to train and to generate with.
import { gpt, queueStep } from "@deepgrain/bench/workloads";
import { CausalLM, generate, parseConfig } from "@deepgrain/lm";
import { Generator, matmul, noGrad, randn, tidy } from "@deepgrain/tensor-gpu";
import { promptOf, shapes } from "../ours/decode-models.mjs";
import { promptTime, tokenTime, WARM_TOKENS } from "../ours/decode-times.mjs";
import { queuedTime } from "./queued-time.mjs";
import { COPY, productName, promptName, stepName, tokenName } from "./sizes.mjs";

/** Reads one number of a tensor, for which all queued work has to be done. It is a view: no kernel runs for it. */
async function readOne(tensor) {
  const one = noGrad(() => tidy(() => tensor.reshape([tensor.size]).narrow(0, 0, 1)));
  await one.data();
  one.dispose();
}

const tensorWork = (queue) => ({ queue, read: readOne, drop: (tensor) => tensor.dispose() });

/** What `backend` counts of one piece of work; undefined where it counts nothing. */
async function countsOf(backend, work) {
  if (!backend.counts) return undefined;
  backend.counts();
  const result = work.queue();
  await work.read(result);
  work.drop(result);
  const { flop, bytesRead, bytesWritten, dispatches, submits } = backend.counts();
  return { flop, bytes: bytesRead + bytesWritten, dispatches, submits };
}

/** A piece of work that makes one tensor, from others that are disposed of in the end. */
function tensorSubject({ backend, timing }, queue, inputs) {
  const work = tensorWork(queue);
  return {
    async measure() {
      const ms = await queuedTime(work, timing);
      return { ms, counts: await countsOf(backend, work) };
    },
    dispose() {
      for (const input of inputs) input.dispose();
    },
  };
}

function copied(context, floats) {
  const x = randn([floats]);
  return tensorSubject(context, () => x.clone(), [x]);
}

function multiplied(context, side) {
  const [a, b] = [randn([side, side]), randn([side, side])];
  return tensorSubject(context, () => matmul(a, b), [a, b]);
}

function trained(context, shape) {
  const workload = gpt(shape, new Generator(1));
  const inputs = [...workload.parameters, workload.optimizer];
  return tensorSubject(context, () => queueStep(workload), inputs);
}

/** Counts from the token `from` of a text until that of `to`, per token. */
async function textCounts(backend, model, prompt, { from, to }) {
  if (!backend.counts) return undefined;
  backend.counts();
  let last = backend.counts();
  for await (const { step } of generate(model, [prompt], { maxNewTokens: to, eosTokenId: null })) {
    if (step === from - 1) backend.counts();
    if (step === to - 1) last = backend.counts();
  }
  const { flop, bytesRead, bytesWritten, dispatches, submits } = last;
  const per = (value) => value / (to - from);
  return {
    flop: per(flop),
    bytes: per(bytesRead + bytesWritten),
    dispatches: per(dispatches),
    submits: per(submits),
  };
}

const CONTEXT = 16;

/** A model that writes: a token behind a short prompt, and the first one behind a long prompt. */
function written({ backend, timing }, name, length) {
  const config = parseConfig(shapes[name]);
  const model = new CausalLM(config, { generator: new Generator(7) });
  const times = { generate, ...timing };
  const [short, long] = [CONTEXT, length].map((size) => promptOf(size, config.vocabSize));
  const ways = {
    [tokenName(name)]: async () => ({
      ms: await tokenTime(times, model, CONTEXT),
      counts: await textCounts(backend, model, short, { from: WARM_TOKENS, to: 2 * WARM_TOKENS }),
    }),
    [promptName(name, length)]: async () => ({
      ms: await promptTime(times, model, length),
      counts: await textCounts(backend, model, long, { from: 0, to: 1 }),
    }),
  };
  return { measure: (what) => ways[what](), dispose: () => model.dispose() };
}

/** Everything to measure, in order: `works` are the names of its cases, `make` makes it on the backend that is set. */
export function subjectsOf(sizes, timing) {
  const one = (what, make) => ({
    works: [what],
    make: (backend) => make({ backend, timing }),
  });
  return [
    one(COPY, (context) => copied(context, sizes.copyFloats)),
    ...sizes.products.map((side) => one(productName(side), (context) => multiplied(context, side))),
    ...sizes.steps.map((shape) => one(stepName(shape), (context) => trained(context, shape))),
    ...sizes.models.map((name) => ({
      works: [tokenName(name), promptName(name, sizes.prompt)],
      make: (backend) => written({ backend, timing }, name, sizes.prompt),
    })),
  ];
}
