/**
 * Whether lines may be redrawn on a stream: it is a terminal, and neither a dumb one nor one whose user wants plain text.
 * @see no-color.org
 */
export const canRedraw = (
  { isTTY = false }: { isTTY?: boolean | undefined },
  { NO_COLOR = "", TERM }: Readonly<Record<string, string | undefined>>,
): boolean => isTTY && TERM !== "dumb" && NO_COLOR === "";
