import {
  classifierTest,
  createClassifier,
  createTrainer,
  type Dataset,
  fedAvg,
  inProcessTransport,
  redGrape,
  runFederation,
  splitLongTail,
} from "@deepgrain/fedlt";
import { Mlp, moduleEncoder } from "@deepgrain/fedlt/models";
import { TRAINING } from "./digits";
import { type Method, type Models, methods, type Run, type Scores } from "./names";

const CLIENTS = 8;

/** Layers of the network, and how clients train. */
const WIDTHS = [196, 64, 32];
const local = { lr: 0.1, momentum: 0.9, epochs: 2, batchSize: 32, clip: 1 };
/** The weight of RedGrape's balanced gradient, as the study has it. */
const LAMBDA = 0.3;

/** A run of both federations. */
export interface Setup {
  /** How many times the rows of the rarest class the commonest has. */
  ratio: number;
  rounds: number;
  /** Whether RedGrape has its second head. */
  hasSecondHead: boolean;
  seed: number;
}

export type FederationEvent =
  | { type: "split"; countsPerClient: Run["countsPerClient"] }
  | { type: "round-end"; round: number; scores: Run["rounds"][number] };

/** Rows of the training pictures over clients: few of the late digits, and each client with classes of its own. */
export const splitDigits = (train: Dataset, { ratio, seed }: Pick<Setup, "ratio" | "seed">) =>
  splitLongTail(train, {
    largest: TRAINING,
    ratio,
    clients: CLIENTS,
    partition: "prior-scaled",
    alpha: 1,
    rounding: "floor",
    seed,
  });

/** The network below the classifier. */
export const createEncoder = () =>
  moduleEncoder({
    build: () => new Mlp(WIDTHS),
    inputShape: [WIDTHS[0]!],
    width: WIDTHS.at(-1)!,
  });

/** The strategy of a method. */
const strategyOf = (method: Method, { hasSecondHead }: Pick<Setup, "hasSecondHead">) =>
  method === "fedavg"
    ? fedAvg({ local })
    : redGrape({
        lambda: LAMBDA,
        local,
        without: hasSecondHead ? undefined : "supplementary",
      });

async function* scoresOf(
  method: Method,
  clients: readonly Dataset[],
  test: Dataset,
  setup: Setup,
  signal: AbortSignal,
): AsyncGenerator<Scores, Models[Method]> {
  const { seed, rounds } = setup;
  const encoder = createEncoder();
  const initial = await createClassifier(encoder, { classes: test.classes, seed, twoHeads: true });
  let params: Models[Method] = initial;
  try {
    const events = runFederation({
      transport: inProcessTransport({
        clients: clients.map((_, k) => String(k)),
        train: createTrainer({ encoder, data: (id) => clients[Number(id)]! }),
      }),
      strategy: strategyOf(method, setup),
      initial,
      rounds,
      seed,
      evaluate: classifierTest(encoder, test),
      signal,
    });
    for await (const event of events) {
      if (event.type === "round-end") params = event.state.params;
      if (event.type !== "eval-end") continue;
      const { accuracy, head, middle, tail } = event.metrics as unknown as Scores;
      yield { accuracy, head, middle, tail };
    }
    return params;
  } finally {
    encoder.dispose();
  }
}

/** Trains both federations in turns, from the same weights, on the same clients. @returns their weights after the last round */
export async function* federate(
  { train, test }: { train: Dataset; test: Dataset },
  setup: Setup,
  signal: AbortSignal,
): AsyncGenerator<FederationEvent, Models> {
  const { clients, countsPerClient } = splitDigits(train, setup);
  yield { type: "split", countsPerClient };
  const open = (method: Method) => scoresOf(method, clients, test, setup, signal);
  const runs = { fedavg: open("fedavg"), redgrape: open("redgrape") };
  try {
    for (let round = 1; round <= setup.rounds; round++) {
      const scores = {} as Run["rounds"][number];
      for (const method of methods) {
        const { value } = await runs[method].next();
        scores[method] = value as Scores;
      }
      yield { type: "round-end", round, scores };
    }
    const models = {} as Models;
    for (const method of methods)
      models[method] = (await runs[method].next()).value as Models[Method];
    return models;
  } finally {
    for (const method of methods) await runs[method].return(new Map());
  }
}
