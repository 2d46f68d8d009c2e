import { timingSafeEqual } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder, writeFileAtomic } from "@deepgrain/support/files";
import { nkeys } from "@nats-io/nats-core";
import { FedError } from "../../errors";
import { type Credentials, createCredentials } from "../nats/credentials";

/** The coordinator's name among the keys. */
const COORDINATOR = "coordinator";

/**
 * The credentials in a key file: one line, the seed of a key pair. Over WebSocket the seed is the client's token.
 * @throws {FedError} `ERR_AUTH` when the file holds none
 */
export async function readKey(path: string): Promise<Credentials> {
  const seed = (await readFile(path, "utf8").catch(() => "")).trim();
  try {
    const pair = nkeys.fromSeed(new TextEncoder().encode(seed));
    return { seed, publicKey: pair.getPublicKey() };
  } catch (cause) {
    const message = `fedlt/link: ${path} must hold a key that the coordinator made`;
    throw new FedError("ERR_AUTH", message, { fields: { path }, cause });
  }
}

/** The path of a member's key. */
export const keyFile = (folder: string, id: string): string => join(folder, `${id}.key`);

/** Keys of the coordinator and its clients. */
export interface Keys {
  readonly coordinator: Credentials;
  readonly clients: ReadonlyMap<string, Credentials>;
}

/** Reads the keys of a folder and creates those that are missing, readable only by their owner. */
export async function keysIn(folder: string, ids: readonly string[]): Promise<Keys> {
  await makeFolder(folder);
  const keyOf = async (id: string) => {
    const path = keyFile(folder, id);
    if (!existsSync(path))
      await writeFileAtomic(path, `${createCredentials().seed}\n`, { mode: 0o600 });
    return readKey(path);
  };
  const clients = new Map<string, Credentials>();
  for (const id of ids) clients.set(id, await keyOf(id));
  return { coordinator: await keyOf(COORDINATOR), clients };
}

/** Whether a token belongs to a client, compared in constant time. */
export function isToken({ clients }: Keys, clientId: string, token: string): boolean {
  const wanted = Buffer.from(clients.get(clientId)?.seed ?? "");
  const given = Buffer.from(token);
  return wanted.length > 0 && given.length === wanted.length && timingSafeEqual(given, wanted);
}
