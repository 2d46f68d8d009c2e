/**
 * @file Takes away from this process what a program of Python could reach through JavaScript: sockets, signals to other
 * processes, and the doors to Node's modules. It runs before Pyodide is loaded.
 */
import dgram from "node:dgram";
import dns from "node:dns";
// biome-ignore lint/style/noRestrictedImports: it takes them all away
import fs from "node:fs";
import http from "node:http";
import http2 from "node:http2";
import https from "node:https";
import net from "node:net";
import tls from "node:tls";

const refuse = (name: string) => (): never => {
  throw new Error(`${name} is not available in the sandbox`);
};

/** Replaces functions of an object for good. */
function take(target: object, owner: string, names: readonly string[]): void {
  for (const name of names)
    Object.defineProperty(target, name, {
      value: refuse(`${owner}.${name}`),
      writable: false,
      configurable: false,
    });
}

/** Closes the ways out. Pyodide asks `process.binding` for constants, for which there is a stand-in. */
export function closeWays(): void {
  take(net, "net", ["connect", "createConnection", "createServer"]);
  take(net.Socket.prototype, "net.Socket", ["connect"]);
  take(net.Server.prototype, "net.Server", ["listen"]);
  take(tls, "tls", ["connect", "createServer"]);
  take(dgram, "dgram", ["createSocket"]);
  for (const [name, module] of Object.entries({ http, https }))
    take(module, name, ["request", "get", "createServer"]);
  take(http2, "http2", ["connect", "createServer", "createSecureServer"]);
  take(dns, "dns", ["lookup", "resolve", "resolve4", "resolve6"]);
  take(dns.promises, "dns.promises", ["lookup", "resolve", "resolve4", "resolve6"]);
  const constants = { fs: { ...fs.constants } };
  Object.defineProperty(process, "binding", {
    value: (name: string) =>
      name === "constants" ? constants : refuse(`process.binding ${name}`)(),
  });
  take(process, "process", [
    "kill",
    "_kill",
    "dlopen",
    "getBuiltinModule",
    "_linkedBinding",
    "_debugProcess",
    "_startProfilerIdleNotifier",
    "setuid",
    "setgid",
    "chdir",
    "send",
    "abort",
  ]);
  // What Pyodide says of itself is no answer.
  for (const name of ["log", "info", "debug", "dir", "table"])
    Object.defineProperty(console, name, { value: () => undefined });
  const globals = globalThis as unknown as Record<string, unknown>;
  for (const name of [
    "fetch",
    "WebSocket",
    "EventSource",
    "Worker",
    "BroadcastChannel",
    "MessageChannel",
  ])
    globals[name] = undefined;
}
