import { assertKind, TensorError } from "../errors";
import { type GgufPart, type GgufReading, openPart } from "./gguf-part";
import { ggufParts, MOST_PARTS } from "./gguf-parts";
import type { Source } from "./open-source";
import { joinParts, missingPart, partCount } from "./split-gguf";

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
 * Opens the parts beside one that is open, or a list of all parts in any order. All are closed where one fails.
 *
 * @param first where `source` is no list, its file
 * @returns the parts in their order
 * @throws {TensorError} as `openPart` and `joinParts`; `ERR_ARGUMENT` for an empty list, `ERR_RANGE` for one of more than 1000
 */
export async function openParts(
  source: Source | readonly Source[],
  first: GgufPart | undefined,
  reading: GgufReading,
): Promise<GgufPart[]> {
  const opened = first ? [first] : [];
  const open: Open = async (place) => {
    const part = await openPart(place, reading);
    opened.push(part);
    return part;
  };
  try {
    if (first) return joinParts(await partsBeside(source as Source, first, open));
    const places = source as readonly Source[];
    assertKind(places.length > 0, "openGguf", "a list of parts must have one", "none");
    if (places.length > MOST_PARTS)
      throw new TensorError(
        "ERR_RANGE",
        `tensor-gpu/openGguf: a model must have at most ${MOST_PARTS} parts, got ${places.length}`,
        { fields: { count: places.length } },
      );
    for (const place of places) await open(place);
    return joinParts(opened);
  } catch (error) {
    for (const part of opened) await part.source.close?.();
    throw error;
  }
}
