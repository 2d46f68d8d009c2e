import { askAddress } from "./ask-address";
import { type Held, openModel, type Reading } from "./open-model";

/** Opens the model at an address that the visitor has agreed to. @throws {Error} as `openModel`; if it does not answer */
export async function folderAt(address: string, reading: Reading): Promise<Held> {
  if (!/\.gguf$/i.test(address)) return openModel(address, { ...reading, fetch: askAddress });
  // Read whole, as all of it is needed.
  const answer = await askAddress(address, { signal: reading.signal });
  if (!answer.ok) throw new Error(`${address} answered ${answer.status}`);
  return openModel(new Map([["model.gguf", await answer.blob()]]), reading);
}
