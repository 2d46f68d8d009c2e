import { FedError } from "../../errors";

/** Names of everything that one run uses on a broker. */
export interface RunNames {
  /** Tasks for one client. */
  task(clientId: string): string;
  /** Heartbeats of one client. */
  hello(clientId: string): string;
  /** Answers of one client; all of them are in `stream`. */
  update(clientId: string): string;
  /** Messages to all clients: a request to report themselves, the end of the run. */
  readonly control: string;
  /** The stream that keeps answers until their round is over. */
  readonly stream: string;
  /** The bucket of models sent to clients. */
  readonly down: string;
  /** The bucket of one client's answers. */
  up(clientId: string): string;
}

/** Checks a name that becomes part of a subject. @throws {FedError} `ERR_ARGUMENT` */
export function checkToken(name: string, value: string): void {
  if (typeof value === "string" && /^[A-Za-z0-9_-]{1,64}$/.test(value)) return;
  throw new FedError(
    "ERR_ARGUMENT",
    `fedlt/nats: ${name} must have 1 to 64 letters, digits, hyphens or underscores, got ${value}`,
    {
      fields: { [name]: value },
    },
  );
}

/** The names of a run. @throws {FedError} `ERR_ARGUMENT` for a name that is not a token of a subject */
export function runNames(run: string): RunNames {
  checkToken("run", run);
  return {
    task: (clientId) => `fed.${run}.task.${clientId}`,
    hello: (clientId) => `fed.${run}.hello.${clientId}`,
    update: (clientId) => `fed.${run}.update.${clientId}`,
    control: `fed.${run}.control`,
    stream: `FED_${run}`,
    down: `fed_${run}_down`,
    up: (clientId) => `fed_${run}_up_${clientId}`,
  };
}
