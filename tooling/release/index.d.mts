/** A public package of the repository: its manifest, and its folder as `path`. */
export interface PublicPackage {
  readonly name: string;
  readonly version: string;
  readonly path: string;
  readonly bin?: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, unknown>>;
}

/** All packages in a registry on the loopback address. */
export interface LocalRelease {
  readonly address: string;
  /** For the environment of npm. */
  readonly env: Readonly<Record<string, string>>;
  readonly packages: readonly PublicPackage[];
  /** An empty project whose npm uses the registry. @returns its folder */
  createProject(name: string): string;
  /** Stops the registry and deletes all folders. */
  close(): void;
}

/** Publishes all packages of the repository, as the next release would, to a registry on the loopback address. */
export function publishLocally(root: string): Promise<LocalRelease>;

/** One check of one package. */
export interface Cell {
  readonly package: string;
  readonly check: string;
  readonly outcome: "ran" | "failed" | "not available";
  readonly reason?: string;
}

/** Runs the checks of the proof, or those that are named. */
export function prove(
  release: LocalRelease,
  options?: { readonly only?: readonly string[] },
): Promise<{ readonly cells: readonly Cell[] }>;

/** What became of a block of a README. */
export interface BlockResult {
  readonly file: string;
  readonly outcome: "ran" | "skipped" | "failed";
  readonly reason?: string;
}

/** An empty project with what the README of a package says to install. @returns its folder */
export function readmeProject(release: LocalRelease, one: PublicPackage): string;

/** Runs the blocks of a README in its project. @param command a runtime and its flags; default this Node */
export function runReadme(
  project: string,
  one: PublicPackage,
  command?: readonly string[],
): Promise<BlockResult[]>;
