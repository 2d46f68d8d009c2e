import type { Html, PageOptions, Part, TableOptions } from "@deepgrain/support/pages";
import * as pages from "@deepgrain/support/pages";
import { listOf, optionsOf, refuseUnknown, textOf } from "../errors";

/**
 * Markup with values put in: text is escaped, markup of `html` and of the charts is not, lists are joined, nothing stays
 * nothing.
 */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  listOf("html", "strings", strings);
  return pages.html(strings, ...parts);
}

/**
 * One HTML page that needs nothing else: no requests, no scripts but those in its sections, which a policy in its head
 * enforces; light and dark, from 360 pixels up.
 *
 * @throws {LabError} `ERR_ARGUMENT` without a title or sections, or for an unknown option
 */
export function page(options: PageOptions): string {
  const { title, meta, lead, picture, sections, language, isLive, ...rest } = optionsOf(
    "page",
    options,
  );
  refuseUnknown("page", rest);
  textOf("page", "title", title);
  listOf("page", "sections", sections);
  return pages.page({ title, meta, lead, picture, sections, language, isLive });
}

/** A section of a page; false where there is nothing to show. */
export function section(title: string, content: Html | readonly Html[] | false): Html | false {
  textOf("section", "title", title);
  return pages.section(title, content);
}

/**
 * A table whose first column stays in view while the others scroll sideways.
 * @param head headings of the columns
 * @param body cells of each row: text, or markup of `html`
 */
export function table(
  head: readonly string[],
  body: readonly (readonly (string | Html)[])[],
  options: TableOptions = {},
): Html {
  const { text, label, ...rest } = optionsOf("table", options);
  refuseUnknown("table", rest);
  listOf("table", "head", head);
  listOf("table", "body", body);
  return pages.table(head, body, { text, label });
}
