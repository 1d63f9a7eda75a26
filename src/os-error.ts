import { getSystemErrorMap } from 'node:util';
import { UnreadableError } from './errors.js';

/** An error of the operating system: `ENOSPC`, `EACCES` …. */
export interface OsError extends Error {
  readonly code: string;
  /** Negative, as libuv gives it. */
  readonly errno: number;
}

export function isOsError(error: unknown): error is OsError {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    'errno' in error &&
    typeof error.errno === 'number'
  );
}

/** Whether `error` is one of the operating system's with one of these codes. */
export function hasCode(error: unknown, ...codes: string[]): error is OsError {
  return isOsError(error) && codes.includes(error.code);
}

/** Where libuv's words are odd, or missing (it does not know Linux's quota error, errno 122). */
const ownWords = new Map([
  ['EISDIR', 'is a directory'],
  ['EIO', 'input/output error'],
  ['Unknown system error -122', 'disk quota exceeded'],
]);

/** In plain words: 'no space left on device', 'permission denied'. An error that is not the system's is thrown on. */
export function reasonOf(error: unknown): string {
  if (!isOsError(error)) throw error;
  return ownWords.get(error.code) ?? getSystemErrorMap().get(error.errno)?.[1] ?? error.code;
}

/** For `catch`: the file or folder cannot be read. */
export const unreadable = (path: string) => (error: unknown) => {
  throw new UnreadableError(path, reasonOf(error));
};

/** For `catch`: an error with one of these codes is ignored; all else is thrown. */
export function ignore(...codes: string[]) {
  return (error: unknown): undefined => {
    if (!hasCode(error, ...codes)) throw error;
  };
}

/** For `catch`: what this user may not do or this file system does not know is ignored. */
export const ignoreUnsupported = ignore('EPERM', 'EACCES', 'EINVAL', 'EISDIR', 'ENOSYS', 'ENOTSUP');

/** For `catch`: whatever the system says is ignored. */
export function ignoreOsError(error: unknown): undefined {
  if (!isOsError(error)) throw error;
}
