import type { ModelFiles } from "../models/folder-files";

/** Models that this site ships. */
export const shippedNames = ["stories", "mixture"] as const;

export type ShippedName = (typeof shippedNames)[number];

/** Where a model comes from, under a name of its own; the visitor is shown `title`. */
export type Source = { id: string; title: string } & (
  | { kind: "shipped"; name: ShippedName }
  | { kind: "files"; files: ModelFiles }
  | { kind: "address"; address: string }
);

const titles: Record<ShippedName, string> = {
  stories: "stories260K",
  mixture: "The fine mixture of Moby Dick and RxJS",
};

/** One of this site's models. */
export const shippedSource = (name: ShippedName): Source => ({
  kind: "shipped",
  name,
  id: `shipped:${name}`,
  title: titles[name],
});

let count = 0;

/** A model of files on this machine. */
export const filesSource = (title: string, files: ModelFiles): Source => ({
  kind: "files",
  files,
  id: `files:${count++}`,
  title,
});

/** A model at an address that the visitor has agreed to. */
export const addressSource = (address: string): Source => ({
  kind: "address",
  address,
  id: `address:${address}`,
  title: decodeURI(address.split("/").at(-1)!),
});
