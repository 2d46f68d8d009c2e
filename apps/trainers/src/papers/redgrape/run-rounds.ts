import { join } from "node:path";
import {
  createClassifier,
  type Encoder,
  encodeSafetensors,
  evaluateClassifier,
  type FederationEvent,
  type FederationOptions,
  type FederationResult,
  finishFederation,
  type Metrics,
  withoutSupplementary,
} from "@deepgrain/fedlt";
import { folderJournal } from "@deepgrain/fedlt/node";
import { writeFileAtomic } from "@deepgrain/files";
import { textTable } from "@deepgrain/lab";
import type { CommandContext } from "../../cli/context";
import type { Values } from "../../cli/flags";
import { claimFolder } from "../../federation/claim-folder";
import { roundView } from "../../federation/round-view";
import { metricsLog } from "../../store/metrics-log";
import { localOf, type methodFlags, type Pictures } from "./federation-flags";
import { strategyOf } from "./methods";

/** What a federation of pictures runs on. */
export interface Rounds
  extends Pick<
    FederationOptions,
    "transport" | "quorum" | "minClients" | "deadlineMs" | "population" | "collector"
  > {
  pictures: Pictures;
  encoder: Encoder;
  given: Values<typeof methodFlags> & { seed: number };
  /** True class frequencies, where they are known. */
  priors?: readonly number[];
  /** Folder of journal, metrics and model; without one nothing is written. */
  out: string | undefined;
  /** Everything that decides the result: a folder with other settings is refused. */
  settings: object;
}

/** What a federation came to: shares of the test pictures that are right, and what became of updates. */
export interface RoundsResult {
  method: string;
  rounds: number;
  metrics: Metrics;
  counts: FederationResult["counts"];
}

/** Tests a model on the test pictures; per class as `class-0` and so on. */
const tester =
  ({ pictures, encoder }: Rounds): NonNullable<FederationOptions["evaluate"]> =>
  async (params, { use = "main" }) => {
    const { perClass, ...report } = await evaluateClassifier(encoder, params, pictures.test, {
      use,
    });
    return { ...report, ...Object.fromEntries(perClass.map((share, c) => [`class-${c}`, share])) };
  };

/**
 * Runs a federation of pictures to its end, draws its rounds and keeps what is needed to go on after a crash. The model is
 * written as safetensors, without the supplementary head.
 *
 * @throws {UsageError} for a folder with other settings; {FedError} as `runFederation`; the signal's reason on abort
 */
export async function runRounds(
  options: Rounds,
  { progress, signal, assertOutputs }: CommandContext,
): Promise<RoundsResult> {
  const { pictures, encoder, given, priors, out, settings, ...federation } = options;
  const { method, rounds, seed, clientsPerRound, evaluateEvery, lr } = given;
  if (out !== undefined) await claimFolder(out, settings);
  const strategy = strategyOf(method, {
    local: localOf(given),
    ...(priors && { priors }),
    ...(lr !== undefined && { lr }),
  });
  const evaluate = tester(options);
  const log = out === undefined ? undefined : metricsLog(join(out, "metrics.jsonl"));
  const view = roundView(progress, { transport: federation.transport, rounds });
  let tested: Metrics | undefined;
  const written: Promise<void>[] = [];
  const onEvent = (event: FederationEvent) => {
    view.see(event);
    if (event.type !== "eval-end") return;
    tested = event.metrics;
    const { type, round, metrics } = event;
    if (log) written.push(log.append({ stage: "rounds", type, step: round + 1, ...metrics }));
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
      ...{ rounds, seed, evaluate, evaluateEvery, signal },
      ...(clientsPerRound !== undefined && { clientsPerRound }),
      ...(out !== undefined && { journal: folderJournal(join(out, "journal")) }),
    },
    { onEvent },
  );
  await Promise.all(written);
  tested ??= await evaluate(state.params, { round: rounds - 1 });
  if (out !== undefined) {
    await assertOutputs();
    const tensors = withoutSupplementary(state.params);
    await writeFileAtomic(join(out, "model.safetensors"), [encodeSafetensors({ tensors })]);
  }
  view.end(
    `${rounds} rounds, ${counts.accepted} updates, ${counts.rejected} rejected, ${counts.stragglers} stragglers`,
  );
  return { method: strategy.name, rounds, metrics: tested, counts };
}

const percent = (share: number) => (100 * share).toFixed(1);

/** The accuracies of a result as two lines of a table: in all and by group, then per class. */
export function resultText({ method, metrics, counts }: RoundsResult): string {
  const classes = Object.keys(metrics).filter((name) => /^class-\d+$/.test(name));
  const { accuracy = 0, head = 0, middle = 0, tail = 0 } = metrics;
  const shares = [accuracy, head, middle, tail, ...classes.map((name) => metrics[name]!)];
  const names = ["accuracy", "head", "middle", "tail", ...classes.map((name) => name.slice(6))];
  const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
  return `${textTable([
    ["method", ...names],
    [method, ...shares.map(percent)],
  ])}\n${megabytes(counts.bytesUp)} MB up, ${megabytes(counts.bytesDown)} MB down\n`;
}
