import { fail, iterableOf, optionsOf, refuseUnknown, textOf, whole } from "../errors";
import { dependenciesIn } from "../imports/dependencies-of";
import { ownPackages } from "../imports/own-packages";
import { repositoryOf } from "../imports/repository-files";
import { commentPath } from "./comment-path";
import { comparePaths } from "./compare-paths";
import { type OrderOptions, orderRepository } from "./order-repository";
import { repositoryPath } from "./repository-path";

/** A file of a repository. */
export interface SourceFile {
  /** Inside the repository, with `/`. */
  readonly path: string;
  readonly text: string;
}

/** Options of {@link packRepository}. */
export interface PackOptions extends OrderOptions {
  /** Longest sample; a longer group is split between files. Default: no limit. */
  maxLength?: number | undefined;
  /** Length of a text, such as its number of tokens; by default its number of UTF-16 units. */
  lengthOf?: ((text: string) => number) | undefined;
  /** Marker of the comment that names a file; by default that of its extension. */
  lineComment?: ((path: string) => string | undefined) | undefined;
  /** Name of the JavaScript package whose root the files are in, where its package.json is not one of them. */
  packageName?: string | undefined;
}

/** One sample of training: files of a repository, each after a comment with its path. */
export interface PackedFiles {
  readonly paths: readonly string[];
  readonly text: string;
}

/**
 * Concatenates the files of a repository into samples, so that each file comes after those it depends on in the same
 * sample. In JavaScript and TypeScript a package's own name, which a package.json among the files says, leads to its files.
 *
 * @param files of one repository; those in languages without parsed imports depend on nothing
 * @returns the samples; a single file above `maxLength` is a sample of its own
 * @throws {CoderError} `ERR_PATH` for a path outside the repository, or one that is there twice
 * @see Guo et al. 2024 (DeepSeek-Coder), section 2.2
 */
export function packRepository(
  files: readonly SourceFile[],
  options: PackOptions = {},
): PackedFiles[] {
  const {
    order,
    random,
    maxLength = Infinity,
    lengthOf,
    lineComment,
    packageName,
    ...rest
  } = optionsOf("packRepository", options);
  refuseUnknown("packRepository", rest);
  iterableOf("packRepository", "files", files);
  if (maxLength !== Infinity) whole("packRepository", "maxLength", maxLength, { min: 1 });
  if (packageName !== undefined) textOf("packRepository", "packageName", packageName);
  const byPath = new Map<string, string>();
  for (const { path, text } of files) {
    const own = repositoryPath("packRepository", path);
    if (byPath.has(own)) fail("ERR_PATH", `packRepository: ${own} is there twice`, { path });
    byPath.set(own, text);
  }
  const paths = [...byPath.keys()].sort(comparePaths);
  const repository = repositoryOf(paths, ownPackages(byPath, packageName));
  const needsEdges = order === undefined || order === "topological";
  const dependsOn = Object.fromEntries(
    paths.map((path) => [
      path,
      needsEdges ? dependenciesIn({ path, text: byPath.get(path)! }, repository) : [],
    ]),
  );
  const measure = lengthOf ?? ((text: string) => text.length);
  const samples: PackedFiles[] = [];
  for (const group of orderRepository(dependsOn, { order, random })) {
    let open = { paths: [] as string[], text: "", length: 0 };
    const close = () => {
      if (open.paths.length > 0) samples.push({ paths: open.paths, text: open.text });
      open = { paths: [], text: "", length: 0 };
    };
    for (const path of group) {
      const text = commentPath(path, lineComment?.(path)) + byPath.get(path)!.replace(/\n*$/, "\n");
      const length = measure(text);
      if (open.length + length > maxLength) close();
      open.paths.push(path);
      open.text += text;
      open.length += length;
    }
    close();
  }
  return samples;
}
