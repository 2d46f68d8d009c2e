import { join } from "node:path";

/** Where a policy and its reward models are kept for the runs that read them. */
export interface ModelFolders {
  policy: string;
  prm: string;
  orm: string;
}

const foldersIn =
  (part: string) =>
  (artifacts: string, seed: number): ModelFolders => {
    const own = join(artifacts, `seed-${seed}`, part);
    return { policy: join(own, "policy"), prm: join(own, "prm"), orm: join(own, "orm") };
  };

/** Folders of a seed's policy whose solutions are verified. */
export const verificationFolders = foldersIn("verification");

/** Folders of a seed's policy that learns from rewards. */
export const learningFolders = foldersIn("learning");
