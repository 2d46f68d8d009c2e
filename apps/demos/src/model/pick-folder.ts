type PickFolder = (options: {
  id: string;
  mode: "read" | "readwrite";
}) => Promise<FileSystemDirectoryHandle>;

const picker = () => (globalThis as { showDirectoryPicker?: PickFolder }).showDirectoryPicker;

/** Whether the visitor can pick a folder that the page may then read or write. */
export const canPickFolder = (): boolean => picker() !== undefined;

/** A folder that the visitor picks. @throws {DOMException} `AbortError` if none is picked */
export const pickFolder = (mode: "read" | "readwrite"): Promise<FileSystemDirectoryHandle> =>
  picker()!({ id: "deepgrain", mode });
