import { sharedIsMissing } from "@deepgrain/vitest/shared";
import { describe, expect, it } from "vitest";
import {
  type ClientUpdate,
  createTrainer,
  type Dataset,
  mlpEncoder,
  type ReadonlyTensors,
  type RedGrapeOptions,
  type RoundContext,
  redGrape,
  stateOf,
} from "../../support/all";
import {
  FLOAT32,
  type GoldenTensor,
  type RedGrapeCase,
  readGolden,
  toTensors,
} from "../../support/golden";

const heads = { main: "fc", supplementary: "bias_attractor" };

function expectTensors(actual: ReadonlyTensors, expected: Record<string, GoldenTensor>) {
  expect([...actual.keys()].sort()).toEqual(Object.keys(expected).sort());
  for (const [name, { data }] of Object.entries(expected))
    expect(actual.get(name)!.data, name).toBeAllclose(data, FLOAT32);
}

/** Clients of a golden case: their rows and batches as they were, the balanced set the first T rows of each class. */
function clientsOf({ clients, settings }: RedGrapeCase) {
  const datasets = clients.map(
    ({ batches }): Dataset => ({
      inputs: Float32Array.from(batches.flatMap(({ x }) => x.data)),
      labels: Int32Array.from(batches.flatMap(({ y }) => y)),
      width: batches[0]!.x.shape[1]!,
      classes: settings.classes,
    }),
  );
  return createTrainer({
    encoder: mlpEncoder(settings.dims, { activation: "tanh" }),
    heads,
    data: (clientId) => datasets[Number(clientId)]!,
    batches: (task) => {
      let next = 0;
      return clients[Number(task.clientId)]!.batches.map(({ y }) => y.map(() => next++));
    },
    balancedRows: (_task, { labels, classes }, threshold) =>
      Array.from({ length: classes }, (_, c) =>
        [...labels.keys()].filter((row) => labels[row] === c),
      ).flatMap((rows) => (rows.length >= threshold ? rows.slice(0, threshold) : [])),
  });
}

async function run(
  golden: RedGrapeCase,
  options: RedGrapeOptions,
  check: (round: number, updates: ClientUpdate[], context: RoundContext) => void,
) {
  const { settings, rounds } = golden;
  const train = clientsOf(golden);
  const strategy = redGrape({
    lambda: settings.lambda,
    threshold: settings.T,
    heads,
    aggregateSupplementary: settings.aggregate_supplementary,
    local: {
      lr: settings.lr,
      momentum: settings.momentum,
      epochs: settings.epochs,
      batchSize: settings.batch,
      clip: 1,
      mu: settings.mu,
    },
    ...options,
  });
  let state = stateOf(toTensors(golden.init));
  for (const [round, { sampled }] of rounds.entries()) {
    const context = { round, seed: 0, state, population: golden.clients.map((_, k) => String(k)) };
    const ids = sampled.map(String);
    const updates: ClientUpdate[] = [];
    for (const [
      clientId,
      { params = state.params, groups = new Map(), config = {} },
    ] of await strategy.configureFit(context, ids))
      updates.push({
        clientId,
        ...(await train({ round, clientId, seed: 0, params, groups, config }, {})),
      });
    ({ state } = await strategy.aggregateFit(context, updates));
    check(round, updates, { ...context, state });
  }
}

describe.skipIf(sharedIsMissing)(
  "redGrape, against the released code with cleared gradients",
  () => {
    const delivery = ["all", "missing-mean"] as const;
    it.each(delivery)(
      "gives the same parameters and prototypes in every round, prototypes delivered as %s",
      async (prototypeDelivery) => {
        for (const golden of readGolden().redgrape)
          await run(golden, { prototypeDelivery }, (round, updates, { state }) => {
            const expected = golden.rounds[round]!;
            for (const [k, { client, samples, params, prototypes }] of expected.clients.entries()) {
              const update = updates[k]!;
              expect(update.clientId).toBe(String(client));
              expect(update.numSamples).toBe(samples);
              expectTensors(update.params, params);
              const reported = [...update.groups!.keys()].filter((name) =>
                name.startsWith("prototype/"),
              );
              expect(reported).toEqual(Object.keys(prototypes).map((c) => `prototype/${c}`));
              for (const [c, tensors] of Object.entries(prototypes))
                expectTensors(update.groups!.get(`prototype/${c}`)!, tensors);
            }
            expectTensors(state.params, expected.global_after);
            for (const [c, tensors] of Object.entries(expected.global_prototypes_after))
              expectTensors(state.groups.get(`prototype/${c}`)!, tensors);
          });
      },
    );

    it("equals the unmodified code, defect included, with compat.keepGradients", async () => {
      for (const golden of readGolden().redgrape)
        await run(golden, { compat: { keepGradients: true } }, (round, _updates, { state }) => {
          expectTensors(state.params, golden.rounds[round]!.as_released_global_after_do_not_copy);
        });
    });
  },
);
