import * as flags from "../cli/flags";

/** How a coordinator reaches its clients. */
export const linkFlags = {
  transport: flags.choice(["nats", "websocket"], {
    default: "nats",
    help: "Through a NATS broker, or by WebSocket straight to this process",
  }),
  startBroker: flags.flag({ help: "Start a NATS server for this run (Debian: nats-server)" }),
  server: flags.text({ hint: "url", help: "A NATS server that runs already: nats://host:4222" }),
  run: flags.token({ default: "fed", help: "Name of the run on the broker" }),
  host: flags.text({
    default: "127.0.0.1",
    help: "Address to listen on; others than this machine's own need TLS",
  }),
  port: flags.whole({
    min: 0,
    max: 65_535,
    help: "Port to listen on: 4222 for NATS, 8080 for WebSocket by default",
  }),
  websocketPort: flags.whole({
    min: 1,
    max: 65_535,
    help: "Port where the broker listens for browsers",
  }),
  wait: flags.real({
    min: 0.001,
    help: "Seconds to wait for clients; without end by default",
  }),
  tlsCert: flags.file({ help: "Certificate of this server, PEM" }),
  tlsKey: flags.file({ help: "Its private key, PEM" }),
  tlsCa: flags.file({ help: "Authority that must have signed clients' certificates, PEM" }),
};

/** How a client reaches its coordinator. */
export const joinFlags = {
  server: flags.text({
    required: true,
    hint: "url",
    help: "nats://host:4222 or tls://host:4222 of the broker, or ws://host:8080 or wss://… of the coordinator",
  }),
  run: flags.token({ default: "fed", help: "Name of the run on the broker" }),
  key: flags.file({ required: true, help: "This client's key file, made by the coordinator" }),
  tlsCa: flags.file({ help: "Authority that signed the server's certificate, PEM" }),
  tlsCert: flags.file({ help: "Certificate of this client, PEM, where the broker asks for one" }),
  tlsKey: flags.file({ help: "Its private key, PEM" }),
};
