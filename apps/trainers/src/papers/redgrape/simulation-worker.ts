/** @file A worker thread of `fed simulate`: trains whichever client a task names. */
import { clientNames } from "../../federation/client-names";
import { workerData } from "node:worker_threads";
import { createTrainer } from "@deepgrain/fedlt";
import { workerTrain } from "@deepgrain/fedlt/workers";
import type { Values } from "../../cli/flags";
import { limitThreads } from "../one-thread-backend";
import { picturesOf, type splitFlags, splitOf } from "./federation-flags";
import { imageEncoder } from "../../federation/image-encoder";

const [, given] = workerData as [unknown, Values<typeof splitFlags>]; // piscina puts its own first
limitThreads(1);
const pictures = await picturesOf(given, new AbortController().signal);
const { clients } = splitOf(pictures, given);
const rows = new Map(clientNames(given.clients).map((name, k) => [name, clients[k]!]));
const encoder = imageEncoder(pictures.network, pictures.shape);

export const train = workerTrain(createTrainer({ encoder, data: (id) => rows.get(id)! }));
