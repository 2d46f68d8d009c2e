import { LmError } from "../errors";
import { isGguf, isTypeName } from "../gguf/gguf-files";
import { assertSafePath, isName, isRevision } from "./names";

/** The repository that `hf:owner/name@revision` or the address of its page names. */
export interface HubSource {
  /** `owner/name`. */
  repository: string;
  /** A branch, a tag or a commit. Default `main`. */
  revision: string;
  /** A GGUF file of the repository; undefined for the model in its folder. */
  file: string | undefined;
  /** The type of its one GGUF file that is meant, such as `Q4_K_M`; undefined where none is named. */
  type: string | undefined;
}

/** The parts of a text before they are checked. */
type Parts = { [Name in keyof HubSource]: string | undefined };

const wanted =
  "hf:owner/name, hf:owner/name/file.gguf or hf:owner/name:Q4_K_M, with @revision behind it where one is meant";

const wrong = (text: string, problem: string, cause?: unknown) =>
  new LmError("ERR_ARGUMENT", `lm/hub: ${text} must be ${wanted}: ${problem}`, {
    fields: { source: text },
    cause,
  });

/** `hf:owner/name[/file.gguf][@revision]` or `hf:owner/name:TYPE[@revision]` in its parts. */
function parseShort(text: string): Parts {
  const [path, ...revision] = text.slice("hf:".length).split("@");
  const [owner, last = "", ...file] = path!.split("/");
  const [name, ...type] = file.length === 0 ? last.split(":") : [last];
  return {
    repository: [owner, name].join("/"),
    revision: revision.length === 0 ? undefined : revision.join("@"),
    file: file.length === 0 ? undefined : file.join("/"),
    type: type.length === 0 ? undefined : type.join(":"),
  };
}

function decoded(text: string, part: string): string {
  try {
    return decodeURIComponent(part);
  } catch (cause) {
    throw wrong(text, `${part} is no encoded text`, cause);
  }
}

/** `/owner/name`, `/owner/name/tree/revision` or `/owner/name/blob/revision/file.gguf` in their parts. */
function parsePage(text: string): Parts {
  const parts = new URL(text).pathname.split("/").filter((part) => part !== "");
  const [owner, name, kind, ...rest] = parts.map((part) => decoded(text, part));
  const repository = [owner, name].join("/");
  const type = undefined;
  if (kind === "blob")
    return { repository, revision: rest[0], file: rest.slice(1).join("/"), type };
  const revision = kind === undefined ? undefined : rest.join("/");
  return { repository, revision, file: undefined, type };
}

/**
 * The repository, revision and file that a text names, all of which are safe as parts of paths and addresses.
 *
 * @param text `hf:owner/name`, `hf:owner/name@revision`, `hf:owner/name/file.gguf@revision`,
 *   `hf:owner/name:Q4_K_M@revision`, or the address of a page
 * @throws {LmError} `ERR_ARGUMENT` for another form, or a name or revision that the hub does not allow
 */
export function parseHubSource(text: string): HubSource {
  const isShort = /^hf:/i.test(text);
  if (!isShort && !URL.canParse(text)) throw wrong(text, "it is no address");
  const { repository, revision, file, type } = isShort ? parseShort(text) : parsePage(text);
  const [owner, name] = repository!.split("/");
  for (const part of [owner, name])
    if (part === undefined || !isName(part))
      throw wrong(text, "owner and name have letters, digits, hyphens, underscores and dots");
  if (["datasets", "spaces"].includes(owner!)) throw wrong(text, "only models can be loaded");
  if (revision !== undefined && !isRevision(revision))
    throw wrong(text, "a revision is a branch, a tag or a commit");
  if (file !== undefined) {
    assertSafePath(file);
    if (!isGguf(file)) throw wrong(text, "a file must be a GGUF file");
  }
  if (type !== undefined && !isTypeName(type))
    throw wrong(text, "a type has letters, digits, hyphens and underscores, as Q4_K_M and BF16");
  return { repository: repository!, revision: revision ?? "main", file, type };
}
