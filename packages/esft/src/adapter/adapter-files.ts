/** The file name that `saveAdapter` gives the tensors; readers accept any `*.safetensors`. */
export const ADAPTER_FILE = "adapter_model.safetensors";

/** Key of the base model's fingerprint in the file's metadata. */
export const FINGERPRINT_KEY = "base_fingerprint";

/** Key of the configuration in the file's metadata, to detect files of two adapters in one folder. */
export const CONFIG_KEY = "expert_cfg";

const owned = /^adapter_model(-\d{5}-of-\d{5})?\.safetensors$/;

/** True for a tensor file that `saveAdapter` wrote or would replace. */
export const isOwnFile = (name: string): boolean => owned.test(name);
