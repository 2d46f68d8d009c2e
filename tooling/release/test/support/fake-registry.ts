/** @file A registry of the loopback address that takes packages and gives them back, as far as npm asks. */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

interface Published {
  manifest: { name: string; version: string };
  tarball: Buffer;
}

export interface FakeRegistry {
  readonly address: string;
  /** By name, in the order in which they came. */
  readonly packages: Map<string, Published>;
  /** The status for what is to be published, instead of taking it; 0 ends the connection. */
  refuse: (name: string) => number | undefined;
  close(): void;
}

const fileOf = (name: string) => `${name.split("/").at(-1)}-0.1.0.tgz`;

function packument(address: string, { manifest, tarball }: Published) {
  const { name, version } = manifest;
  const integrity = `sha512-${createHash("sha512").update(tarball).digest("base64")}`;
  const dist = { integrity, tarball: `${address}${name}/-/${fileOf(name)}` };
  return { name, "dist-tags": { latest: version }, versions: { [version]: { ...manifest, dist } } };
}

export async function startFakeRegistry(): Promise<FakeRegistry> {
  const packages: FakeRegistry["packages"] = new Map();
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    const [name, file] = decodeURIComponent(request.url!.slice(1)).split("/-/") as [
      string,
      string?,
    ];
    const answer = (status: number, value: object) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
    const found = packages.get(name);
    if (request.method === "PUT") {
      const refused = registry.refuse(name);
      if (refused === 0) return request.socket.destroy();
      if (refused !== undefined) return answer(refused, { error: "refused" });
      const { versions, _attachments } = JSON.parse(Buffer.concat(parts).toString());
      const [manifest] = Object.values(versions) as [Published["manifest"]];
      const [attachment] = Object.values(_attachments) as [{ data: string }];
      packages.set(name, { manifest, tarball: Buffer.from(attachment.data, "base64") });
      return answer(201, { ok: true });
    }
    if (found === undefined) return answer(404, { error: "not found" });
    return file === undefined
      ? answer(200, packument(registry.address, found))
      : response.end(found.tarball);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const registry: FakeRegistry = {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    packages,
    refuse: () => undefined,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
  return registry;
}
