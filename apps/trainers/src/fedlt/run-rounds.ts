import { join } from "node:path";
import type { CommandContext } from "@deepgrain/command-line/commands/context";
import type { Values } from "@deepgrain/command-line/flags/flags";
import { metricsLog } from "@deepgrain/command-line/metrics/metrics-log";
import {
  classifierTest,
  createClassifier,
  type Encoder,
  encodeSafetensors,
  type FederationEvent,
  type FederationOptions,
  type FederationResult,
  finishFederation,
  type Metrics,
  withoutSupplementary,
} from "@deepgrain/fedlt";
import { folderJournal } from "@deepgrain/fedlt/node";
import { rowsOfEachClass } from "@deepgrain/studies/redgrape/image-data";
import { strategyOf } from "@deepgrain/studies/redgrape/methods";
import { writeFileAtomic } from "@deepgrain/support/files";
import { textTable } from "@deepgrain/support/pages";
import type { methodFlags } from "./flags";
import { aggregatorOf, type PrivateRounds, privateRounds } from "./guards";
import { localOf, type Pictures } from "./pictures";
import { roundView } from "./round-view";

/** The inputs of a federation of pictures. */
export interface Rounds
  extends Pick<
    FederationOptions,
    | "transport"
    | "quorum"
    | "minClients"
    | "deadlineMs"
    | "waitMs"
    | "population"
    | "limits"
    | "collector"
  > {
  pictures: Pictures;
  encoder: Encoder;
  given: Values<typeof methodFlags> & { seed: number };
  /** How many clients there are. */
  clients: number;
  /** True class frequencies, where they are known. */
  priors?: readonly number[] | undefined;
  /** Called once the flags are checked, before clients are waited for. */
  onStart?: (() => void) | undefined;
  /** Folder of journal, metrics and model; without one nothing is written. */
  out: string | undefined;
}

/** The files that a federation writes into its folder, for its record. */
export const roundsFiles = (more: readonly string[] = []) => {
  const state = ["journal/", "metrics.jsonl"];
  const work = ["model.safetensors", ...state];
  return { files: [...work, ...more], work, fresh: [...state, "personal/", "broker/"] };
};

/** The result of a federation: shares of correctly classified test pictures, and statistics of the updates. */
export interface RoundsResult {
  method: string;
  rounds: number;
  metrics: Metrics;
  counts: FederationResult["counts"];
  /** DP-FedAvg's guarantee for each client. */
  privacy?: PrivateRounds["spent"] | undefined;
}

/** Rows per class that the server has for Ratio Loss: the last training rows, which simulated clients may hold too. */
const OWN_PER_CLASS = 32;

/** How a federation learns, and the changes that DP-FedAvg makes. */
function learning({ pictures, encoder, given, clients, priors }: Rounds) {
  const { lr } = given;
  const local = localOf(given);
  const auxiliary = rowsOfEachClass(pictures.train, (rows) => rows.slice(-OWN_PER_CLASS));
  const aggregator = aggregatorOf(given);
  const rate = lr ?? local.lr;
  const guarded = privateRounds(given, { local: { ...local, lr: rate }, population: clients });
  const server = { encoder, auxiliary };
  const strategy =
    guarded?.strategy ?? strategyOf(given.method, { local, lr, server, priors, aggregator });
  return { strategy, guarded };
}

/**
 * Runs a federation of pictures to its end, draws its rounds and keeps what is needed to go on after a crash. The model is
 * written as safetensors, without the supplementary head.
 *
 * @throws {UsageError} for guards that exclude each other; {FedError} as `runFederation`; the
 *   signal's reason on abort
 */
export async function runRounds(
  options: Rounds,
  { progress, signal, assertOutputs, dryRun, reached }: CommandContext,
): Promise<RoundsResult> {
  const { pictures, encoder, given, clients, priors, out, onStart, ...federation } = options;
  const { rounds, seed, clientsPerRound, evaluateEvery } = given;
  const { strategy, guarded } = learning(options);
  onStart?.();
  const evaluate = classifierTest(encoder, pictures.test);
  const log = out === undefined ? undefined : metricsLog(join(out, "metrics.jsonl"));
  const view = roundView(progress, { transport: federation.transport, rounds, reached });
  let tested: Metrics | undefined;
  dryRun?.begin(rounds, "round");
  const onEvent = async (event: FederationEvent) => {
    view.see(event);
    if (event.type === "round-end") dryRun?.step();
    // The round before it is tested again: its line may be missing, or a part of it.
    if (event.type === "resumed") await log?.rewind("rounds", event.round - 1);
    if (event.type !== "eval-end") return;
    tested = event.metrics;
    const { type, round, metrics } = event;
    await log?.append({ stage: "rounds", type, step: round + 1, ...metrics });
  };
  const { state, counts } = await finishFederation(
    {
      ...federation,
      strategy,
      initial: await createClassifier(encoder, {
        classes: pictures.test.classes,
        seed,
        twoHeads: true,
      }),
      rounds,
      seed,
      evaluate,
      evaluateEvery,
      signal,
      clientsPerRound: guarded ? undefined : clientsPerRound,
      ...guarded?.federation,
      journal: out === undefined ? undefined : folderJournal(join(out, "journal")),
    },
    { onEvent },
  );
  tested ??= await evaluate(state.params, { round: rounds - 1 });
  if (out !== undefined) {
    await assertOutputs();
    const tensors = withoutSupplementary(state.params);
    await writeFileAtomic(join(out, "model.safetensors"), [encodeSafetensors({ tensors })]);
  }
  view.end(
    `${rounds} rounds, ${counts.accepted} updates, ${counts.rejected} rejected, ${counts.stragglers} stragglers`,
  );
  return {
    method: strategy.name,
    rounds,
    metrics: tested,
    counts,
    privacy: guarded?.spent,
  };
}

const percent = (share: number) => (100 * share).toFixed(1);

/** The accuracies of a result as two lines of a table: in all and by group, then per class. */
export function resultText(result: RoundsResult, columns?: number): string {
  const { method, metrics, counts, privacy } = result;
  const classes = Object.keys(metrics).filter((name) => /^class-\d+$/.test(name));
  const { accuracy = 0, head = 0, middle = 0, tail = 0 } = metrics;
  const shares = [accuracy, head, middle, tail, ...classes.map((name) => metrics[name]!)];
  const names = ["accuracy", "head", "middle", "tail", ...classes.map((name) => name.slice(6))];
  const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
  const table = [
    ["method", ...names],
    [method, ...shares.map(percent)],
  ];
  return `${textTable(table, { columns })}\n${megabytes(counts.bytesUp)} MB up, ${megabytes(counts.bytesDown)} MB down\n${
    privacy ? `ε ${privacy.epsilon.toFixed(3)} at δ ${privacy.delta} for each client\n` : ""
  }`;
}
