import type { Transport } from "@deepgrain/fedlt";
import { secureAggregation } from "@deepgrain/fedlt/secure";
import { imageEncoder } from "@deepgrain/studies/redgrape/image-encoder";
import type { CommandContext } from "../cli/context";
import { defineCommand } from "../cli/define-command";
import type { Values } from "../cli/flags";
import * as flags from "../cli/flags";
import { continueFlags } from "../run/training-flags";
import { ownProcesses } from "../store/own-processes";
import { clientLine } from "./client-line";
import {
  clientNames,
  methodFlags,
  type Pictures,
  picturesOf,
  splitFlags,
  splitOf,
} from "./federation-flags";
import { checkLink, linkFiles, linkFlags, linkOf } from "./link-flags";
import { resultText, roundsFiles, runRounds } from "./run-rounds";
import { simulatedClients } from "./simulated-clients";
import { termsOf, withTerms } from "./split-terms";

const { data, folder, network, clients, ...dealing } = splitFlags;

/** Flags that decide the result: all of the method's and the split's but those that say what is reported. */
const { delta: _, evaluateEvery: __, ...decisiveFlags } = { ...methodFlags, ...dealing };
const decisive = (given: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.keys(decisiveFlags).map((name) => [name, given[name]]));

/** What rounds need of the connection to clients. */
interface Connection {
  transport: Transport;
  /** Rejects when it cannot be kept up. */
  failed: Promise<never>;
  close(): Promise<void>;
}

type Given = Values<typeof splitFlags & typeof linkFlags> & { secure: boolean };

/** Opens the link, prints the line by which each client joins, and sends each its share with every task. */
async function openLink(
  { out, ...given }: Given & { out: string },
  pictures: Pictures,
  names: readonly string[],
  { progress }: CommandContext,
): Promise<Connection> {
  const terms = termsOf(pictures, given, names);
  const link = await linkOf(given, names, { out, processes: await ownProcesses(out) });
  const { address } = link;
  const { run, folder, secure, tlsCert, tlsCa } = given;
  const common = { address, run, set: pictures.set, folder, secure, tlsCert, tlsCa };
  const lines = names.map((id) => clientLine({ ...common, id, key: link.keyFile(id) }));
  progress.note(`Clients join with:\n${(await Promise.all(lines)).join("\n")}`);
  return { ...link, transport: withTerms(link.transport, terms) };
}

/** Clients of this process, for a dry run. */
function dryLink(
  pictures: Pictures,
  given: Given,
  local: { names: readonly string[]; encoder: ReturnType<typeof imageEncoder> },
): Connection {
  const split = splitOf(pictures, { ...given, clients: local.names.length });
  const { transport } = simulatedClients(split, { ...given, workers: 1 }, local);
  return { transport, failed: new Promise(() => undefined), close: () => transport.close() };
}

export const coordinator = defineCommand({
  description:
    "Coordinates a federation of processes, machines or browser tabs: makes their keys, deals the images out, sends the model, combines their updates, tests the result.",
  examples: [
    "fed coordinator --start-broker --clients 4 --out run",
    "fed coordinator --transport websocket --port 8080 --clients 4 --quorum 2 --deadline 30 --out run",
    "fed coordinator --server nats://broker.example:4222 --clients 4 --out run",
  ],
  isTraining: true,
  flags: {
    ...methodFlags,
    data,
    folder,
    network,
    clients,
    ...dealing,
    names: flags.tokens({
      help: "Names of the clients, separated by commas; client-0 and so on by default",
    }),
    ...linkFlags,
    quorum: flags.whole({
      min: 1,
      help: "Minimum number of updates per round; all clients of the round by default",
    }),
    deadline: flags.real({
      default: 600,
      help: "Seconds after which a round closes once it has its quorum",
    }),
    maxSamples: flags.whole({
      min: 1,
      help: "Maximum number of images that a client may claim to have; all training images of --data by default, 1000 with --secure",
    }),
    out: flags.folder({
      required: true,
      writes: "folder",
      help: "Folder for keys, broker, journal, metrics.jsonl and model.safetensors; the same command with --resume continues there, even with other --rounds, --quorum and --deadline",
    }),
    ...continueFlags,
    json: flags.flag({ help: "Print the result as JSON" }),
  },
  async run(
    { out, json, names: ids = [], quorum, deadline, resume, overwrite, ...given },
    context,
  ) {
    checkLink(given);
    const names = ids.length > 0 ? ids : clientNames(given.clients);
    // DP-FedAvg draws each client on its own: a round may have any number of them.
    const drawn = given.dpClip === undefined ? (given.clientsPerRound ?? names.length) : 1;
    const wanted = quorum ?? Math.min(drawn, names.length);
    const pictures = await picturesOf(given, context.signal);
    const claim = await context.claim(out, {
      command: "fed coordinator",
      settings: {
        ...decisive(given),
        network: pictures.network,
        quorum: wanted,
        deadline,
        clients: names,
      },
      data: { set: pictures.set, pictures: pictures.fingerprint },
      ...roundsFiles(linkFiles),
      resume,
      overwrite,
      changeable: ["rounds", "quorum", "deadline"],
    });
    const encoder = imageEncoder(pictures.network, pictures.shape);
    const link = context.dryRun
      ? dryLink(pictures, given, { names, encoder })
      : await openLink({ ...given, out }, pictures, names, context);
    try {
      const running = runRounds(
        {
          transport: link.transport,
          pictures,
          encoder,
          given,
          out,
          clients: names.length,
          quorum: wanted,
          minClients: wanted,
          deadlineMs: 1000 * deadline,
          waitMs: 1000 * (given.wait ?? Infinity),
          population: names,
          onStart: claim.begin, // from here on clients have their keys
          limits: { maxSamples: given.maxSamples ?? pictures.train.labels.length },
          collector: given.secure ? secureAggregation({ maxSamples: given.maxSamples }) : undefined,
        },
        context,
      );
      const result = await Promise.race([running, link.failed]);
      context.write(json ? `${JSON.stringify(result)}\n` : resultText(result, context.columns));
    } finally {
      await link.close();
      encoder.dispose();
    }
  },
});
