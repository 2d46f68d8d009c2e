/** The page's own service worker, which sends the headers that let threads share memory; asked for by the visitor alone. */
const SCRIPT = "isolation.js";

const scopeOf = () => new URL("./", document.baseURI).href;

/** The registration of this site's service worker, if the visitor asked for it. */
async function registration(): Promise<ServiceWorkerRegistration | undefined> {
  // A frame in another site's page may not ask.
  const found = await navigator.serviceWorker?.getRegistration(scopeOf()).catch(() => undefined);
  return found?.scope === scopeOf() ? found : undefined;
}

/** Whether service workers can be had here at all. */
export const canIsolate = (): boolean => isSecureContext && "serviceWorker" in navigator;

/** Whether the service worker is there. */
export const isInstalled = async (): Promise<boolean> => (await registration()) !== undefined;

/** Installs the service worker and loads the page once more, which then may use all cores. */
export async function useAllCores(): Promise<void> {
  await navigator.serviceWorker.register(new URL(SCRIPT, document.baseURI), { scope: scopeOf() });
  await navigator.serviceWorker.ready;
  location.reload();
}

/** Removes the service worker and loads the page once more. */
export async function removeServiceWorker(): Promise<void> {
  await (await registration())?.unregister();
  location.reload();
}
