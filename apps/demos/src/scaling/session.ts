import { type Fitted, fitTable, type Look, lookAt } from "./look";
import { readTable } from "./table";

/** A visitor's table as text. */
export interface OwnTable {
  name: string;
  text: string;
}

/**
 * The work of the scaling page: it holds a table, the shipped one at first, and its last fit.
 * @param readShipped the shipped table
 */
export function createSession(readShipped: () => Promise<Blob>) {
  let fitted: Fitted | undefined;

  async function tableOf(own: OwnTable | null | undefined) {
    if (own) return readTable(own.text, own.name);
    if (own === undefined && fitted) return fitted.table;
    return readTable(await (await readShipped()).text(), "runs");
  }

  /**
   * Looks at a table with some of its largest budgets hidden.
   * @param what.own a table to take from now on; null for the shipped one
   * @param what.flops the budget to plan; default: four times the largest one
   */
  async function* look({
    own,
    hidden,
    flops,
  }: {
    own?: OwnTable | null | undefined;
    hidden: number;
    flops?: number | undefined;
  }): AsyncGenerator<Look, void> {
    if (own !== undefined || fitted?.hidden !== hidden)
      fitted = fitTable(await tableOf(own), hidden);
    yield lookAt(fitted, flops ?? 4 * fitted.profiles.at(-1)!.budget);
  }

  return { look };
}
