import { CausalLM, generate, parseConfig } from "@deepgrain/lm";
import {
  Generator,
  getBackend,
  type LaunchTimes,
  matmul,
  randn,
  timeLaunches,
} from "@deepgrain/tensor-gpu";
import { gpt, takeStep } from "../workloads";
import type { ScalingRate } from "./bench-result";
import type { ScalingSizes } from "./bench-sizes";

/** Times some work that does the same `count` times. */
type Time = (work: () => unknown, count?: number) => Promise<void>;

/** Something that is done again and again on the backend in use. */
interface Job {
  name: string;
  /** Prepares it, and returns what does it once. */
  open(): (time: Time) => Promise<void>;
}

/** Smaller products are done several at once, since reading the clock takes time. */
const LEAST_FLOPS = 4e6;

const productJob = ([m, n, k]: readonly [number, number, number]): Job => ({
  name: `product ${m}×${n}×${k}`,
  open() {
    const count = Math.ceil(LEAST_FLOPS / (2 * m * n * k));
    const [a, b] = [randn([m, k]), randn([k, n])];
    const products = () => {
      for (let i = 0; i < count; i++) matmul(a, b).dispose();
    };
    return (time) => time(products, count);
  },
});

const stepJob = (sizes: ScalingSizes["gpt"]): Job => ({
  name: `GPT step, ${sizes.layers} layers, d ${sizes.d}`,
  open() {
    const workload = gpt(sizes, new Generator(1));
    return (time) => time(() => takeStep(workload));
  },
});

/** Tokens of a text that are not timed: the prompt's, and the first, whose steps are not yet repeated. */
const WARM_TOKENS = 4;

const idsOf = (length: number, vocabulary: number) =>
  Array.from({ length }, (_, i) => (i * 7919 + 11) % vocabulary);

function modelJobs({ model: json, prompt, tokens }: ScalingSizes): Job[] {
  const openWriter = () => {
    const config = parseConfig(json);
    const model = new CausalLM(config, { generator: new Generator(1) }).eval();
    return (length: number, maxNewTokens: number) =>
      generate(model, [idsOf(length, config.vocabSize)], { maxNewTokens, eosTokenId: null });
  };
  const next = async (ids: AsyncIterator<unknown>, count: number) => {
    for (let i = 0; i < count; i++) await ids.next();
  };
  return [
    {
      name: "token after a short prompt",
      open() {
        const write = openWriter();
        return async (time) => {
          const ids = write(WARM_TOKENS, WARM_TOKENS + tokens);
          await next(ids, WARM_TOKENS);
          await time(() => next(ids, tokens), tokens);
          await next(ids, 1); // ends it
        };
      },
    },
    {
      name: `prompt of ${prompt} tokens`,
      open() {
        const write = openWriter();
        return async (time) => {
          const ids = write(prompt, 1);
          await time(() => next(ids, 1));
          await next(ids, 1);
        };
      },
    },
  ];
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1]!;

async function measure(job: Job, seconds: number, pause: () => Promise<void>) {
  const round = job.open();
  const rounds: (LaunchTimes & { perRound: number })[] = [];
  const during = async (milliseconds: number, least: number) => {
    rounds.length = 0;
    const until = performance.now() + milliseconds;
    while (rounds.length < least || performance.now() < until) {
      await round(async (work, count = 1) => {
        const times = await timeLaunches(work);
        rounds.push({ ...times, perRound: times.totalMs / count });
      });
      await pause();
    }
  };
  await during(200 * seconds, 1); // warms up
  await during(1000 * seconds, 3);
  const sum = (of: (one: LaunchTimes) => number) =>
    rounds.reduce((total, one) => total + of(one), 0);
  const total = sum(({ totalMs }) => totalMs);
  return {
    medianMs: median(rounds.map(({ perRound }) => perRound)),
    barrierShare: sum(({ barrierMs }) => barrierMs) / total,
    outsideShare: 1 - sum(({ launchMs }) => launchMs) / total,
  };
}

/** How long products, a training step, a token and a prompt take on the backend in use, and where their time goes. */
export async function measureScaling(
  sizes: ScalingSizes,
  seconds: number,
  pause: (what: string) => Promise<void>,
): Promise<Omit<ScalingRate, "backend">[]> {
  const { threads } = getBackend();
  const jobs = [...sizes.products.map(productJob), stepJob(sizes.gpt), ...modelJobs(sizes)];
  const rates: Omit<ScalingRate, "backend">[] = [];
  for (const job of jobs) {
    const pausing = () => pause(job.name);
    await pausing();
    rates.push({ work: job.name, threads, ...(await measure(job, seconds, pausing)) });
  }
  return rates;
}
