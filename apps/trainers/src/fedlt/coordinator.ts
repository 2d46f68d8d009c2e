import { secureAggregation } from "@deepgrain/fedlt/secure";
import { imageEncoder } from "@deepgrain/studies/redgrape/image-encoder";
import { defineCommand } from "../cli/define-command";
import * as flags from "../cli/flags";
import { UsageError } from "../cli/usage-error";
import { clientNames } from "./client-names";
import { methodFlags, picturesOf, splitFlags } from "./federation-flags";
import { keyFile } from "./keys";
import { linkFlags } from "./link-flags";
import { openLink } from "./open-link";
import { resultText, runRounds } from "./run-rounds";

const { data, folder, network, clients, seed } = splitFlags;

export const coordinator = defineCommand({
  description:
    "Leads a federation of processes, machines or browser tabs: makes their keys, sends the model, sums their updates, tests the result.",
  examples: [
    "fed coordinator --start-broker --clients 4 --out run",
    "fed coordinator --transport websocket --port 8080 --clients 4 --quorum 2 --deadline 30 --out run",
    "fed coordinator --server nats://broker.example:4222 --clients 4 --out run",
  ],
  flags: {
    ...methodFlags,
    data,
    folder,
    network,
    seed,
    clients,
    names: flags.text({
      hint: "list",
      help: "Names of the clients, separated by commas; client-0 and so on by default",
    }),
    ...linkFlags,
    quorum: flags.whole({
      min: 1,
      help: "Updates that a round needs; all clients of the round by default",
    }),
    deadline: flags.real({
      default: 600,
      help: "Seconds after which a round closes once it has its quorum",
    }),
    maxSamples: flags.whole({
      min: 1,
      help: "Most pictures that a client may claim to have; all training pictures of --data by default, 1000 under --secure",
    }),
    out: flags.folder({
      required: true,
      writes: "folder",
      help: "Folder of keys, broker, journal, metrics.jsonl and model.safetensors; the same command continues there",
    }),
    json: flags.flag({ help: "Print the result as JSON" }),
  },
  async run({ out, json, names, quorum, deadline, ...given }, context) {
    const ids = names?.split(",").map((name) => name.trim()) ?? clientNames(given.clients);
    if (new Set(ids).size !== ids.length) throw new UsageError("--names: clients must differ");
    // DP-FedAvg draws each client on its own: a round may have any number of them.
    const drawn = given.dpClip === undefined ? (given.clientsPerRound ?? ids.length) : 1;
    const wanted = quorum ?? Math.min(drawn, ids.length);
    const pictures = await picturesOf(given, context.signal);
    const encoder = imageEncoder(pictures.network, pictures.shape);
    const link = await openLink(given, ids, out);
    const key = keyFile(link.keys, ids[0]!);
    context.progress.note(
      `Clients join with: deepgrain fed client --id ${ids[0]} --key ${key} --server ${link.address} --run ${given.run}`,
    );
    const { method, rounds, epochs, batchSize, lr, secure, clientsPerRound } = given;
    const { aggregator, trim, byzantine, krumKeep, dpClip, noiseMultiplier } = given;
    try {
      const result = await runRounds(
        {
          transport: link.transport,
          pictures,
          encoder,
          given,
          out,
          clients: ids.length,
          quorum: wanted,
          minClients: wanted,
          deadlineMs: 1000 * deadline,
          population: ids,
          limits: { maxSamples: given.maxSamples ?? pictures.train.labels.length },
          settings: {
            command: "fed coordinator",
            method,
            rounds,
            epochs,
            batchSize,
            lr,
            secure,
            clientsPerRound,
            aggregator,
            trim,
            byzantine,
            krumKeep,
            dpClip,
            noiseMultiplier,
            clients: ids,
            seed: given.seed,
            network: pictures.network,
            set: pictures.set,
          },
          ...(secure && { collector: secureAggregation({ maxSamples: given.maxSamples }) }),
        },
        context,
      );
      context.write(json ? `${JSON.stringify(result)}\n` : resultText(result, context.columns));
    } finally {
      await link.close();
      encoder.dispose();
    }
  },
});
