/** Bytes of a messages document, decompressed, where `--max-body` does not say: 4 GiB. */
export const DEFAULT_MAX_BODY = 4 * 1024 ** 3;
