import { describe, expect, it } from "vitest";
import { checkLink } from "../../src/fedlt/link";

const none = {
  transport: undefined,
  startBroker: false,
  endpoint: undefined,
  run: "fed",
  host: "127.0.0.1",
  port: undefined,
  websocketPort: undefined,
  wait: undefined,
  tlsCert: undefined,
  tlsKey: undefined,
  tlsCa: undefined,
};
const endpoint = "nats://broker.example:4222";

describe("a coordinator's link", () => {
  it("is a WebSocket by default, so that addresses beyond loopback need certificates", () => {
    expect(() => checkLink(none)).not.toThrow();
    expect(() => checkLink({ ...none, host: "0.0.0.0" })).toThrow("give --tls-cert and --tls-key");
  });

  it("is NATS where a broker is started or named, without saying so", () => {
    expect(() => checkLink({ ...none, startBroker: true })).not.toThrow();
    expect(() => checkLink({ ...none, endpoint, host: "0.0.0.0" })).not.toThrow();
    expect(() => checkLink({ ...none, endpoint, startBroker: true })).toThrow("give either");
  });

  it("must not be a WebSocket and a broker at once, nor NATS without one", () => {
    for (const broker of [{ startBroker: true }, { endpoint }])
      expect(() => checkLink({ ...none, transport: "websocket", ...broker })).toThrow(
        "--start-broker and --endpoint go with --transport nats",
      );
    expect(() => checkLink({ ...none, transport: "nats" })).toThrow(
      "give either --start-broker or --endpoint",
    );
  });
});
