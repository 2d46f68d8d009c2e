import type { RunCommand } from "@deepgrain/command-line/commands/define-command";
import { plainMessage } from "@deepgrain/command-line/errors/word-error";
import { createTrainer, type LocalTrain } from "@deepgrain/fedlt";
import { personalFolder } from "@deepgrain/fedlt/node";
import { secureClient } from "@deepgrain/fedlt/secure";
import { imageEncoder } from "@deepgrain/studies/redgrape/image-encoder";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import type { clientFlags } from "./flags";
import { join } from "./link";
import { type Pictures, picturesOf } from "./pictures";
import { shareOf, termsIn } from "./split-terms";

/** A client that learns with its first task what it trains on. */
interface Member {
  train: LocalTrain;
  /** Rows that it trains on; null before the first task. */
  rows: number | null;
  /** Why it takes no part, once the coordinator has been told. */
  refusal: unknown;
  dispose(): void;
}

/** The name of the client part that a task asks for. */
const partOf = ({ config }: Parameters<LocalTrain>[0]) =>
  (config.part as { name?: unknown } | undefined)?.name;

/**
 * @param given.all train on all pictures instead of the share that the coordinator names
 * @param given.personal folder of the personal model
 */
function member(
  pictures: Pictures,
  given: { all: boolean; secure: boolean; personal?: string | undefined },
): Member {
  const { all, secure, personal } = given;
  let train: LocalTrain | undefined;
  let encoder: ReturnType<typeof imageEncoder> | undefined;
  const begin = (task: Parameters<LocalTrain>[0]): LocalTrain => {
    if (partOf(task) === "ditto" && personal === undefined)
      throw new UsageError("This federation trains a personal model: give --personal, its folder");
    const terms = termsIn(task);
    const data = all ? pictures.train : shareOf(pictures, terms);
    encoder = imageEncoder(terms.network, pictures.shape);
    own.rows = data.labels.length;
    const place = personal === undefined ? undefined : personalFolder(personal);
    const trainer = createTrainer({ encoder, data, personal: place });
    return secure ? secureClient(trainer) : trainer;
  };
  const own: Member = {
    rows: null,
    refusal: undefined,
    dispose: () => encoder?.dispose(),
    train(task, options) {
      try {
        train ??= begin(task);
      } catch (error) {
        own.refusal = error;
        throw error;
      }
      return train(task, options);
    },
  };
  return own;
}

/** `fed client`. */
export const client: RunCommand<typeof clientFlags> = async (
  { id, all, secure, personal, json, ...given },
  { progress, signal, write },
) => {
  const own = member(await picturesOf(given, signal), { all, secure, personal });
  const task = progress.task(id);
  let [sent, bytes] = [0, 0];
  try {
    for await (const event of join(given, { clientId: id, train: own.train, signal })) {
      if (event.type === "task-start") task.update(0, `training for round ${event.round + 1}`);
      else if (event.type === "update-sent") [sent, bytes] = [sent + 1, bytes + event.bytes];
      else if (event.type === "disconnected")
        progress.note(`disconnected: ${plainMessage(event.reason)}`);
      else if (event.type === "message-rejected") progress.note(plainMessage(event.message));
      if (event.type === "update-sent" && own.refusal !== undefined) throw own.refusal;
    }
  } finally {
    own.dispose();
  }
  signal.throwIfAborted();
  task.end(`${sent} answers, ${bytes} bytes`);
  const result = { id, rows: own.rows, answers: sent, bytesUp: bytes };
  write(json ? `${JSON.stringify(result)}\n` : `${sent} answers\n`);
};
