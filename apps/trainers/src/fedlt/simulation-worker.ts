/** @file A worker thread of `fed simulate`: trains whichever client a task names. */

import type { Values } from "@deepgrain/command-line/flags/flags";
import { createTrainer } from "@deepgrain/fedlt";
import { personalFolder } from "@deepgrain/fedlt/node";
import { workerTrain } from "@deepgrain/fedlt/workers";
import { imageEncoder } from "@deepgrain/studies/redgrape/image-encoder";
import { limitThreads } from "@deepgrain/studies/shared/one-thread-backend";
import { workerData } from "piscina";
import type { splitFlags } from "./flags";
import { clientNames, picturesOf, splitOf } from "./pictures";

const given = workerData as Values<typeof splitFlags> & {
  personal?: string | undefined;
  engineThreads: number;
};
limitThreads(given.engineThreads);
const pictures = await picturesOf(given, new AbortController().signal);
const { clients } = splitOf(pictures, given);
const rows = new Map(clientNames(given.clients).map((name, k) => [name, clients[k]!]));
const encoder = imageEncoder(pictures.network, pictures.shape);

const personal = given.personal === undefined ? undefined : personalFolder(given.personal);

export const train = workerTrain(createTrainer({ encoder, data: (id) => rows.get(id)!, personal }));
