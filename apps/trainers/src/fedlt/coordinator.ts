import { secureAggregation } from "@deepgrain/fedlt/secure";
import { imageEncoder } from "@deepgrain/studies/redgrape/image-encoder";
import type { CommandContext } from "../cli/context";
import type { Values } from "../cli/flags";
import { ownProcesses } from "../store/own-processes";
import type { coordinatorFlags } from "./flags";
import { methodFlags, splitFlags } from "./flags";
import { checkGuards } from "./guards";
import { checkLink, linkFiles, linkOf } from "./link";
import { clientNames, picturesOf } from "./pictures";
import { resultText, roundsFiles, runRounds } from "./run-rounds";

/** Flags that decide the result: all of the method's but those that say what is reported. */
const {
  delta: _,
  evaluateEvery: __,
  ...decisiveFlags
} = {
  ...methodFlags,
  seed: splitFlags.seed,
};
const decisive = (given: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.keys(decisiveFlags).map((name) => [name, given[name]]));

/** `fed coordinator`. */
export async function coordinator(
  {
    out,
    json,
    names: ids = [],
    quorum,
    deadline,
    resume,
    overwrite,
    ...given
  }: Values<typeof coordinatorFlags>,
  context: CommandContext,
): Promise<void> {
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
}
