import { join } from "node:path";
import { takeTurn } from "@deepgrain/support";
import { DatasetsError, optionsOf, refuseUnknown } from "./errors";
import { type LoadOptions, packageFolder } from "./package-folder";
import { readJson } from "./read-bytes";

/** One software licence. */
export interface LicenceText {
  /** SPDX identifier, "MIT". */
  readonly id: string;
  readonly name: string;
  readonly url: string;
  /** Whether the Open Source Initiative has approved it. */
  readonly osiApproved: boolean;
  /** The full text. */
  readonly text: string;
}

/** The shape of `spdx-license-list/full`. */
export type LicenceModule = Readonly<
  Record<string, { name: string; url: string; osiApproved: boolean; licenseText: string }>
>;

/** Options of {@link licenceTexts}: `from` may also be the loaded module `spdx-license-list/full`. */
export interface LicenceTextsOptions extends Omit<LoadOptions, "from"> {
  from?: string | URL | LicenceModule | undefined;
}

async function licenceModule({ from, signal }: LicenceTextsOptions): Promise<LicenceModule> {
  if (typeof from === "object" && !(from instanceof URL)) return from;
  const folder = packageFolder("licenceTexts", "spdx-license-list", from);
  const path = join(folder, "spdx-full.json");
  return (await readJson("licenceTexts", path, signal)) as LicenceModule;
}

/**
 * Yields the licences of the SPDX list with their full texts, in the list's order.
 *
 * @returns 727 licences from `spdx-license-list` 6.12.0
 * @throws {DatasetsError} on the first step: `ERR_MISSING_PACKAGE`, `ERR_MISSING_FILE` or
 *   `ERR_FORMAT`
 */
export async function* licenceTexts(
  options: LicenceTextsOptions = {},
): AsyncGenerator<LicenceText> {
  const { from, signal, ...rest } = optionsOf("licenceTexts", options);
  refuseUnknown("licenceTexts", rest);
  for (const [id, entry] of Object.entries(await licenceModule({ from, signal }))) {
    await takeTurn();
    signal?.throwIfAborted();
    if (typeof entry?.licenseText !== "string")
      throw new DatasetsError("ERR_FORMAT", `datasets/licenceTexts: ${id} has no text`, {
        fields: { id },
      });
    const { name, url, osiApproved, licenseText } = entry;
    yield { id, name, url, osiApproved, text: licenseText };
  }
}
