import { comparePaths } from "../repository/compare-paths";
import { folderOf } from "../repository/repository-path";

/** A package whose sources are in the repository. */
export interface OwnPackage {
  /** The folder of its package.json. */
  readonly folder: string;
  /** Its `exports`: by subpath such as `./v3`, the relative files of all conditions, in order. */
  readonly targets: ReadonlyMap<string, readonly string[]>;
}

/** The packages of a repository, by name. */
export type OwnPackages = ReadonlyMap<string, OwnPackage>;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The texts within an entry of `exports`, in order. */
function textsIn(entry: unknown): string[] {
  const found: string[] = [];
  const waiting = [entry];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (typeof next === "string") found.push(next);
    else if (typeof next === "object" && next !== null)
      waiting.push(...Object.values(next).reverse());
  }
  return found;
}

function targetsOf(exports: unknown): Map<string, string[]> {
  const isBySubpath = isRecord(exports) && Object.keys(exports).some((key) => key.startsWith("."));
  const entries = isBySubpath ? Object.entries(exports) : [["." as string, exports] as const];
  return new Map(entries.map(([subpath, entry]) => [subpath, textsIn(entry)]));
}

function manifestOf(text: string): Record<string, unknown> {
  try {
    const manifest: unknown = JSON.parse(text);
    return isRecord(manifest) ? manifest : {};
  } catch {
    return {};
  }
}

/**
 * The packages that the package.json files of a repository name; of two with one name the first path counts.
 *
 * @param own name of a package whose package.json is not among the files: its folder is the root
 */
export function ownPackages(
  files: Iterable<readonly [path: string, text: string]>,
  own?: string,
): OwnPackages {
  const packages = new Map<string, OwnPackage>();
  const manifests = [...files].filter(([path]) => /(?:^|\/)package\.json$/.test(path));
  for (const [path, text] of manifests.sort(([a], [b]) => comparePaths(a, b))) {
    const { name, exports } = manifestOf(text);
    if (typeof name === "string" && !packages.has(name))
      packages.set(name, { folder: folderOf(path), targets: targetsOf(exports) });
  }
  if (own !== undefined && !packages.has(own))
    packages.set(own, { folder: "", targets: new Map() });
  return packages;
}
