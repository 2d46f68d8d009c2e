import { existsSync } from "node:fs";
import { join } from "node:path";

/** Names of the files of a citation graph. */
export const citationFiles = ["nodes.csv", "edges.csv", "meta.json"] as const;

/** Whether a path is a folder in the format that `planetoid` reads. */
export const isCitationFolder = (path: string): boolean =>
  citationFiles.every((file) => existsSync(join(path, file)));
