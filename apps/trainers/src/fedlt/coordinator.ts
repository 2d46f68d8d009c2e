import { secureAggregation } from "@deepgrain/fedlt/secure";
import { imageEncoder } from "@deepgrain/studies/redgrape/image-encoder";
import { defineCommand } from "../cli/define-command";
import * as flags from "../cli/flags";
import { continueFlags } from "../run/training-flags";
import { ownProcesses } from "../store/own-processes";
import { clientNames, methodFlags, picturesOf, splitFlags } from "./federation-flags";
import { checkLink, linkFiles, linkFlags, linkOf } from "./link-flags";
import { resultText, roundsFiles, runRounds } from "./run-rounds";

const { data, folder, network, clients, seed } = splitFlags;

/** Flags that decide the result: all of the method's but those that say what is reported. */
const { delta: _, evaluateEvery: __, ...decisiveFlags } = { ...methodFlags, seed };
const decisive = (given: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.keys(decisiveFlags).map((name) => [name, given[name]]));

export const coordinator = defineCommand({
  description:
    "Coordinates a federation of processes, machines or browser tabs: makes their keys, sends the model, combines their updates, tests the result.",
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
    seed,
    clients,
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
    const processes = await ownProcesses(out);
    const link = await linkOf(given, names, { out, processes });
    const key = link.keyFile(names[0]!);
    context.progress.note(
      `Clients join with: deepgrain fed client --id ${names[0]} --key ${key} --server ${link.address} --run ${given.run}`,
    );
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
