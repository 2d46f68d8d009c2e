import type { Complete } from "../../complete";
import { FedError, having, optionsOf, refuseUnknown, whole } from "../../errors";
import { createListeners, type Transport, type TransportEvent } from "../runtime/transport";
import { readAnswers, watchClients } from "./broker-run";
import { type Coordinator, createCoordinator, onHello, receive, sendTask } from "./coordinator";
import { runNames } from "./subjects";
import type { NatsTransportOptions } from "./transport-options";

/** Prepares the run on the broker, and begins to listen for clients and answers. */
async function openRun(options: Complete<NatsTransportOptions>, events: Coordinator["events"]) {
  const own = await createCoordinator(options, events);
  const { connection, names, closing } = own;
  const clients = watchClients(
    connection,
    names,
    options.heartbeatMs,
    events.emit,
    (clientId, hello) => onHello(own, clientId, hello),
  );
  const answers = await readAnswers(
    connection,
    names.stream,
    () => own.lastSequence + 1,
    (received) => receive(own, received),
    closing.signal,
  );
  return { own, clients, answers };
}

/** Tells clients that the run is over, and stops listening. */
async function closeRun({ own, clients, answers }: Awaited<ReturnType<typeof openRun>>) {
  const { connection, names, closing, pending } = own;
  clients.stop();
  closing.abort();
  pending.failAll(new FedError("ERR_TRANSPORT", "fedlt/natsTransport: the transport was closed"));
  if (connection.isClosed()) return;
  connection.publish(names.control, JSON.stringify({ type: "end" }));
  await answers.close();
  await connection.flush();
}

/**
 * Reaches clients through a NATS broker: processes, machines and browser tabs alike. Tasks are sent until they are
 * answered. JetStream keeps answers until their round is over, so no answer is lost or duplicated when a client or a
 * coordinator is killed or the broker restarts. Large tensors are sent through the object store.
 *
 * @returns a transport; a federation waits until the broker has its streams
 * @throws {FedError} `ERR_ARGUMENT` for a run that is not a token of a subject, `ERR_RANGE`; from `ready` and `send`, errors of
 *   the broker when the stream cannot be created
 */
export function natsTransport(options: NatsTransportOptions): Transport {
  const {
    connection,
    run,
    maxBytes = 2 ** 28,
    inlineBytes = 2 ** 18,
    format = "safetensors",
    heartbeatMs = 1000,
    ...rest
  } = optionsOf("natsTransport", options);
  refuseUnknown("natsTransport", rest);
  having("natsTransport", "connection", connection, "publish", "subscribe");
  whole("natsTransport", "maxBytes", maxBytes, { min: 1 });
  whole("natsTransport", "heartbeatMs", heartbeatMs, { min: 1 });
  runNames(run); // checks the name
  const events = createListeners<TransportEvent>();
  const opening = openRun({ connection, run, maxBytes, inlineBytes, format, heartbeatMs }, events);
  let opened: Awaited<typeof opening> | undefined;
  opening.then(
    (found) => {
      opened = found;
    },
    () => undefined, // whoever waits for `ready` or sends gets the error
  );
  return {
    ready: async () => void (await opening),
    nodes: () => opened?.clients.nodes() ?? [],
    send: async (clientId, task, { signal } = {}) =>
      sendTask((await opening).own, clientId, task, signal),
    onEvent: events.add,
    close: async () => {
      await opening.then(closeRun, () => undefined);
    },
  };
}
