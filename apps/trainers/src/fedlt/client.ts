import { createTrainer } from "@deepgrain/fedlt";
import { secureClient } from "@deepgrain/fedlt/secure";
import { imageEncoder } from "@deepgrain/studies/redgrape/image-encoder";
import type { CommandContext } from "../cli/context";
import type { Values } from "../cli/flags";
import { UsageError } from "../cli/usage-error";
import { plainMessage } from "../cli/word-error";
import type { clientFlags } from "./flags";
import { join } from "./link";
import { picturesOf, splitOf } from "./pictures";

/** `fed client`. */
export async function client(
  { id, share, all, secure, json, ...given }: Values<typeof clientFlags>,
  { progress, signal, write }: CommandContext,
): Promise<void> {
  const index = share ?? Number(/\d+$/.exec(id)?.[0] ?? Number.NaN);
  if (Number.isNaN(index) && !all)
    throw new UsageError(`--id ${id} ends in no number: give --share, or --all`);
  const pictures = await picturesOf(given, signal);
  const data = all ? pictures.train : splitOf(pictures, given).clients[index];
  if (!data)
    throw new UsageError(
      `${share === undefined ? `the number in --id ${id}` : `--share ${share}`} must be from 0 to ${given.clients - 1}, as there are --clients ${given.clients}: give another --share, or --all`,
    );
  const encoder = imageEncoder(pictures.network, pictures.shape);
  const own = createTrainer({ encoder, data });
  const train = secure ? secureClient(own) : own;
  const task = progress.task(id);
  let [sent, bytes] = [0, 0];
  try {
    for await (const event of join(given, { clientId: id, train, signal })) {
      if (event.type === "task-start") task.update(0, `training for round ${event.round + 1}`);
      else if (event.type === "update-sent") [sent, bytes] = [sent + 1, bytes + event.bytes];
      else if (event.type === "disconnected")
        progress.note(`disconnected: ${plainMessage(event.reason)}`);
      else if (event.type === "message-rejected") progress.note(plainMessage(event.message));
    }
  } finally {
    encoder.dispose();
  }
  signal.throwIfAborted();
  task.end(`${sent} answers, ${bytes} bytes`);
  const result = { id, rows: data.labels.length, answers: sent, bytesUp: bytes };
  write(json ? `${JSON.stringify(result)}\n` : `${sent} answers\n`);
}
