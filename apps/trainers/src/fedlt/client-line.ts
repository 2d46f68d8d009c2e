import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { UsageError } from "@deepgrain/studies/shared/usage-error";

/** A coordinator's knowledge about its clients' command lines. */
interface Joining {
  id: string;
  key: string;
  /** Of the link. */
  address: string;
  run: string;
  /** Which pictures there are. */
  set: string;
  folder: string | undefined;
  /** Whether rounds are hidden behind masks. */
  secure: boolean;
  /** Whether clients keep personal models. */
  isPersonal: boolean;
  /** The coordinator's certificate, and the authority that must have signed those of clients. */
  tlsCert: string | undefined;
  tlsCa: string | undefined;
}

/** An argument as a shell reads it. */
const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

/** A certificate that no authority has signed is its own. @throws {UsageError} for a file that holds none */
async function isOwnAuthority(path: string): Promise<boolean> {
  const bytes = await readFile(path);
  try {
    const certificate = new X509Certificate(bytes);
    return certificate.checkIssued(certificate);
  } catch (cause) {
    throw new UsageError(`--tls-cert: ${path} holds no certificate`, { cause });
  }
}

/** The whole command line by which a client joins. Where it needs a certificate of its own, the line says so with a name. */
export async function clientLine(joining: Joining): Promise<string> {
  const { id, key, address, run, set, folder, secure, isPersonal, tlsCert, tlsCa } = joining;
  const server = address.replace("//0.0.0.0:", `//${hostname()}:`); // any of this machine's
  const words = ["--id", id, "--key", key, "--endpoint", server, "--run", run, "--data", set];
  if (folder !== undefined) words.push("--folder", folder);
  if (secure) words.push("--secure");
  if (isPersonal) words.push("--personal", `personal-${id}`);
  if (tlsCert !== undefined && (await isOwnAuthority(tlsCert))) words.push("--tls-ca", tlsCert);
  if (tlsCa !== undefined) words.push("--tls-cert", "CLIENT.pem", "--tls-key", "CLIENT.key");
  return `deepgrain fed client ${words.map(quoted).join(" ")}`;
}
