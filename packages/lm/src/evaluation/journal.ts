/** Where finished rows are kept, so that a stopped evaluation goes on. */
export interface EvaluationJournal<Row> {
  /** Rows of an earlier run of the same task, data, model and seed. */
  readonly before: readonly Row[];
  /** Resolves once the row is kept. */
  append(row: Row): Promise<void>;
}

/** The rows that an earlier run finished, by their places. */
export const finished = <Row extends { readonly row: number }>(
  journal: EvaluationJournal<Row> | undefined,
): Map<number, Row> => new Map(journal?.before.map((one) => [one.row, one]));
