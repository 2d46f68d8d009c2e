import type { CommandContext } from "@deepgrain/command-line/commands/context";
import type { RunCommand } from "@deepgrain/command-line/commands/define-command";
import type { Values } from "@deepgrain/command-line/flags/flags";
import { ownProcesses } from "@deepgrain/command-line/runs/own-processes";
import type { Transport } from "@deepgrain/fedlt";
import { secureAggregation } from "@deepgrain/fedlt/secure";
import { imageEncoder } from "@deepgrain/studies/redgrape/image-encoder";
import { clientLine } from "./client-line";
import type { coordinatorFlags, linkFlags } from "./flags";
import { methodFlags, splitFlags } from "./flags";
import { checkGuards } from "./guards";
import { checkLink, linkFiles, linkOf } from "./link";
import { clientNames, type Pictures, picturesOf, splitOf } from "./pictures";
import { resultText, roundsFiles, runRounds } from "./run-rounds";
import { simulatedClients } from "./simulated-clients";
import { termsOf, withTerms } from "./split-terms";

const { data: _d, folder: _f, network: _n, clients: _c, ...dealing } = splitFlags;

/** Flags that decide the result: all of the method's and the split's but those that say what is reported. */
const { delta: _, evaluateEvery: __, ...decisiveFlags } = { ...methodFlags, ...dealing };
const decisive = (given: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.keys(decisiveFlags).map((name) => [name, given[name]]));

/** The part of the connection to clients that rounds need. */
interface Connection {
  transport: Transport;
  /** Rejects when it cannot be kept up. */
  failed: Promise<never>;
  close(): Promise<void>;
}

type Given = Values<typeof splitFlags & typeof linkFlags> & { secure: boolean; method: string };

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
  const { run, folder, secure, method, tlsCert, tlsCa } = given;
  const isPersonal = method === "ditto";
  const common = { address, run, set: pictures.set, folder, secure, isPersonal, tlsCert, tlsCa };
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

/** `fed coordinator`. */
export const coordinator: RunCommand<typeof coordinatorFlags> = async (
  { out, json, names: ids = [], quorum, deadline, resume, overwrite, ...given },
  context,
) => {
  checkLink(given);
  const names = ids.length > 0 ? ids : clientNames(given.clients);
  checkGuards(given, names.length);
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
};
