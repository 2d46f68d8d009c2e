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

/** How `@huggingface/hub` sends its requests. */
export type Fetch = (address: string, init?: RequestInit) => Promise<Response>;

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

/** An answer's text, which is JSON. @throws {LmError} `ERR_LIMIT`, `ERR_FORMAT`; `ERR_IO` where the connection is cut */
async function jsonTextOf(response: Response, { repository, budget, signal }: Asking) {
  const text = await textOfResponse(response, budget).catch((cause) => {
    signal?.throwIfAborted();
    if (LmError.isInstance(cause)) throw cause;
    throw new LmError("ERR_IO", `lm/hub: the answer about ${repository} was cut`, {
      fields: { repository },
      cause,
    });
  });
  if (isDense(text))
    fail(
      "ERR_LIMIT",
      `lm/hub: the answer about ${repository} has more than ${MOST_BRACKETS} brackets`,
      {
        repository,
        limit: MOST_BRACKETS,
      },
    );
  try {
    return { text, value: JSON.parse(text) as unknown };
  } catch (cause) {
    throw malformed(repository, "the form of JSON", cause);
  }
}

/** Throws for what is no row of a list: `{ type, path, size }`, with `lfs` for a large file. */
function assertRow(row: unknown, repository: string): void {
  const isRow =
    isObject(row) &&
    typeof row.type === "string" &&
    typeof row.path === "string" &&
    row.path.length <= LONGEST_PATH &&
    (row.oid === undefined || typeof row.oid === "string") &&
    (row.lfs === undefined || row.lfs === null || isObject(row.lfs));
  if (!isRow) throw malformed(repository, "a type and a path in every row");
}

/** A `fetch` for the answer that has the commit. @throws {LmError} `ERR_LIMIT`, `ERR_FORMAT` */
export const checkedInfo =
  (asking: Asking): Fetch =>
  async (address, init) => {
    const { text, value } = await jsonTextOf(await asking.fetch(address, init), asking);
    if (!isObject(value)) throw malformed(asking.repository, "an object with a commit");
    return new Response(text);
  };

/**
 * A `fetch` for the pages of a list, which are followed at the endpoint's origin only.
 *
 * @throws {LmError} `ERR_LIMIT` for more pages, bytes or entries than the budget allows; `ERR_FORMAT` for another form
 */
export function checkedPages(asking: Asking): Fetch {
  const { repository, budget } = asking;
  const { origin } = new URL(asking.endpoint);
  return async (address, init) => {
    if (!URL.canParse(address) || new URL(address).origin !== origin)
      throw malformed(repository, `all of its pages at ${origin}`);
    budget.spendSteps(1);
    const response = await asking.fetch(address, init);
    const { text, value } = await jsonTextOf(response, asking);
    if (!Array.isArray(value)) throw malformed(repository, "a list of files");
    budget.spendEntries(value.length);
    for (const row of value) assertRow(row, repository);
    const link = response.headers.get("link");
    return new Response(text, { headers: link === null ? {} : { link } });
  };
}
