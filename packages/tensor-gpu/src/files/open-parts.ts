import type { Budget } from "@deepgrain/support";
import { assertKind, TensorError } from "../errors";
import { readGgufHeader } from "./gguf-header";
import { openSource, type Source, type SourceOptions } from "./open-source";
import {
  type GgufPart,
  ggufParts,
  joinParts,
  MOST_PARTS,
  missingPart,
  partCount,
} from "./split-gguf";

type Open = (source: Source) => Promise<GgufPart>;

/** The places of all parts where a path or address names one; an address keeps its query only for the one that is named. */
function placesOf(given: string | URL): Source[] | undefined {
  if (typeof given === "string" && !/^https?:/i.test(given)) return ggufParts(given);
  const address = new URL(given);
  return ggufParts(address.pathname)?.map((pathname) => {
    if (pathname === address.pathname) return given;
    const place = new URL(address);
    [place.pathname, place.search, place.hash] = [pathname, "", ""];
    return place;
  });
}

/** The parts beside a file that is one; the file alone where its name does not say where they are. */
async function partsBeside(given: Source, first: GgufPart, open: Open): Promise<GgufPart[]> {
  const count = partCount(first);
  const isNamed = typeof given === "string" || given instanceof URL;
  const places = isNamed && count > 1 ? placesOf(given) : undefined;
  if (places?.length !== count) return [first];
  const parts: GgufPart[] = [];
  for (const [position, place] of places.entries()) {
    if (place === given) parts.push(first);
    else
      parts.push(
        await open(place).catch((cause) => {
          if (!TensorError.isInstance(cause) || cause.fields.isMissing !== true) throw cause;
          throw missingPart(position, count, String(place), cause);
        }),
      );
  }
  return parts;
}

/**
 * Opens a GGUF file and, where it is one of several parts, those beside it; or a list of all parts in any order. All are
 * closed where one fails.
 *
 * @param budget of all heads together
 * @returns the parts in their order; one for a whole file
 * @throws {TensorError} as `readGgufHeader`, `openSource` and `joinParts`; `ERR_ARGUMENT` for an empty list, `ERR_RANGE` for
 *   one of more than 1000
 */
export async function openParts(
  source: Source | readonly Source[],
  { budget, ...options }: SourceOptions & { budget: Budget },
): Promise<GgufPart[]> {
  const opened: GgufPart["source"][] = [];
  const open: Open = async (place) => {
    const bytes = await openSource(place, options);
    opened.push(bytes);
    return {
      source: bytes,
      header: await readGgufHeader(bytes, { signal: options.signal, budget }),
    };
  };
  try {
    if (!isList(source)) return joinParts(await partsBeside(source, await open(source), open));
    assertKind(source.length > 0, "openGguf", "a list of parts must have one", "none");
    if (source.length > MOST_PARTS)
      throw new TensorError(
        "ERR_RANGE",
        `tensor-gpu/openGguf: a model must have at most ${MOST_PARTS} parts, got ${source.length}`,
        { fields: { count: source.length } },
      );
    const parts: GgufPart[] = [];
    for (const place of source) parts.push(await open(place));
    return joinParts(parts);
  } catch (error) {
    for (const bytes of opened) await bytes.close?.();
    throw error;
  }
}

const isList = (source: Source | readonly Source[]): source is readonly Source[] =>
  Array.isArray(source);
