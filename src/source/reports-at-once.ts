/** Calls of a source's `report` at a time at the most; how many of them go to a server is `--concurrency`. */
export const MOST_REPORTS_AT_ONCE = 256;

/** Files of reports read at a time: a process may be allowed few, and libuv reads four at a time anyway. */
export const REPORT_FILES_AT_ONCE = 16;
