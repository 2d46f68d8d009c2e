import { shown } from "@deepgrain/support";
import { refuseField } from "../http/refusal";
import { checkedText, type Fields } from "./fields";

/** A request for embeddings, checked. */
export interface EmbeddingRequest {
  readonly texts: readonly string[];
  /** The path of each, for errors. */
  readonly paths: readonly string[];
  readonly format: "float" | "base64";
  readonly dimensions: number | undefined;
}

const mostTexts = 2048;

/** `input`: a text, or a list of texts. @throws {ServeError} `ERR_REQUEST`, status 400, naming the field */
export function inputField(fields: Fields): Pick<EmbeddingRequest, "texts" | "paths"> {
  const given = fields.any("input");
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  if (list.length === 0 || list.length > mostTexts)
    refuseField("input", `input must have 1 to ${mostTexts} texts, got ${list.length}.`);
  const paths = list.map((_, i) => (Array.isArray(given) ? `input[${i}]` : "input"));
  const texts = list.map((one, i) => {
    const path = paths[i]!;
    const text = checkedText(path, one);
    return text === "" ? refuseField(path, `${path} must not be empty.`) : text;
  });
  return { texts, paths };
}

/**
 * Reads a request for embeddings; `model` has been read.
 * @throws {ServeError} `ERR_REQUEST`, status 400, naming the field
 */
export function embeddingFields(fields: Fields): EmbeddingRequest {
  const input = inputField(fields);
  const format = fields.text("encoding_format") ?? "float";
  if (format !== "float" && format !== "base64")
    return refuseField(
      "encoding_format",
      `encoding_format must be float or base64, got ${shown(format)}.`,
    );
  const dimensions = fields.whole("dimensions", { min: 1 });
  fields.ignore(["user"]);
  fields.end();
  return { ...input, format, dimensions };
}
