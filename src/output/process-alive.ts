import { hasCode } from '../os-error.js';

/** Whether a process with this id runs on this machine, in this pid namespace. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !hasCode(error, 'ESRCH');
  }
}
