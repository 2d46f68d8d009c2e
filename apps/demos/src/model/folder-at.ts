import { askAddress } from "./ask-address";
import { type Held, type OpenOptions, openModel } from "./open-model";

/** Opens the model at an address that the visitor has agreed to. @throws {Error} as `openModel`; if it does not answer */
export async function folderAt(address: string, options: OpenOptions): Promise<Held> {
  if (!/\.gguf$/i.test(address)) return openModel(address, { ...options, fetch: askAddress });
  // Read whole, as all of it is needed.
  const answer = await askAddress(address, { signal: options.signal });
  if (!answer.ok) throw new Error(`${address} answered ${answer.status}`);
  return openModel(new Map([["model.gguf", await answer.blob()]]), options);
}
