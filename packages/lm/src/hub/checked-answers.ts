import type { Budget, BudgetLimits } from "@deepgrain/support";
import { budgetOf, fail, LmError } from "../errors";
import { isObject } from "../lora/json-object";
import { textOfResponse } from "../text-files";

/** A step is a page, an entry is a file or a folder. */
const listLimits: BudgetLimits = { steps: 32, bytes: 2 ** 23, entries: 10_000 };

/** Brackets of one answer, each of which takes memory when it is parsed: the hub's have at most four per entry. */
const MOST_BRACKETS = 131_072;

/** Characters of a path. */
const LONGEST_PATH = 4096;

/** Sends a request; answers that are no success are thrown. */
export type Fetch = (address: string, init?: RequestInit) => Promise<Response>;

/** A row of a list. */
export interface Row {
  type: string;
  path: string;
  size?: unknown;
  /** Git's hash of the content. */
  oid?: string | undefined;
  /** For a large file: its own `oid` and `size`. */
  lfs?: Record<string, unknown> | null | undefined;
}

/** Whose answers are read, and how. */
export interface Asking {
  repository: string;
  endpoint: string;
  fetch: Fetch;
  /** Of all answers together. */
  budget: Budget;
  signal?: AbortSignal | undefined;
}

/** The budget of what the hub says about one repository. */
export const listBudget = (given: BudgetLimits | Budget | undefined): Budget =>
  budgetOf("lm/hub: hubFolder", given, listLimits);

/** The error for an answer of another form. */
export const malformed = (repository: string, problem: string, cause?: unknown): LmError =>
  new LmError("ERR_FORMAT", `lm/hub: the answer about ${repository} must have ${problem}`, {
    fields: { repository },
    cause,
  });

function isDense(text: string): boolean {
  let brackets = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x5b || code === 0x7b) brackets++; // [ and {
  }
  return brackets > MOST_BRACKETS;
}

/** The answer's text. @throws {LmError} `ERR_LIMIT`; `ERR_IO` where the connection is cut */
async function textOf(response: Response, { repository, budget, signal }: Asking): Promise<string> {
  const text = await textOfResponse(response, budget).catch((cause) => {
    signal?.throwIfAborted();
    if (LmError.isInstance(cause)) throw cause;
    throw new LmError("ERR_IO", `lm/hub: the answer about ${repository} was cut`, {
      fields: { repository },
      cause,
    });
  });
  if (!isDense(text)) return text;
  const fields = { repository, limit: MOST_BRACKETS };
  const problem = `has more than ${MOST_BRACKETS} brackets`;
  return fail("ERR_LIMIT", `lm/hub: the answer about ${repository} ${problem}`, fields);
}

/** The address after `rel="next"` in a `Link` header; undefined where there is none. */
function nextAddress(link: string | null): string | undefined {
  for (const [, address, parameters] of (link ?? "").matchAll(/<([^<>]*)>([^<]*)/g))
    if (/;\s*rel="?next"?/i.test(parameters!)) return address;
  return undefined;
}

/** The answer at an address, and the address of the next page. @throws {LmError} as {@link textOf}; `ERR_FORMAT` */
async function answerAt(address: string, asking: Asking) {
  const response = await asking.fetch(address, { headers: { accept: "application/json" } });
  const text = await textOf(response, asking);
  try {
    const next = nextAddress(response.headers.get("link"));
    return { value: JSON.parse(text) as unknown, next };
  } catch (cause) {
    throw malformed(asking.repository, "the form of JSON", cause);
  }
}

function isRow(row: unknown): row is Row {
  return (
    isObject(row) &&
    typeof row.type === "string" &&
    typeof row.path === "string" &&
    row.path.length <= LONGEST_PATH &&
    (row.oid === undefined || typeof row.oid === "string") &&
    (row.lfs === undefined || row.lfs === null || isObject(row.lfs))
  );
}

/** The object at an address. @throws {LmError} `ERR_LIMIT`, `ERR_FORMAT`, `ERR_IO` */
export async function infoAt(address: string, asking: Asking): Promise<Record<string, unknown>> {
  const { value } = await answerAt(address, asking);
  if (!isObject(value)) throw malformed(asking.repository, "an object with a commit");
  return value;
}

/**
 * The rows of a list, whose pages are followed at the endpoint's origin only.
 *
 * @param first address of the first page
 * @throws {LmError} `ERR_LIMIT` for more pages, bytes or entries than the budget allows; `ERR_FORMAT` for another form
 */
export async function* rowsFrom(first: string, asking: Asking): AsyncGenerator<Row> {
  const { repository, budget } = asking;
  const { origin } = new URL(asking.endpoint);
  let address: string | undefined = first;
  while (address !== undefined) {
    if (!URL.canParse(address) || new URL(address).origin !== origin)
      throw malformed(repository, `all of its pages at ${origin}`);
    budget.spendSteps(1);
    const { value, next }: Awaited<ReturnType<typeof answerAt>> = await answerAt(address, asking);
    if (!Array.isArray(value)) throw malformed(repository, "a list of files");
    budget.spendEntries(value.length);
    for (const row of value) {
      if (!isRow(row)) throw malformed(repository, "a type and a path in every row");
      yield row;
    }
    address = next;
  }
}
